package mapping

// Levels of seniority, highest first: of two jobs in one title the higher counts.
const (
	levelC        = "c-level"
	levelOwner    = "owner"
	levelVP       = "vp"
	levelDirector = "director"
	levelManager  = "manager"
	levelSenior   = "senior"
	levelStaff    = "staff"
	levelEntry    = "entry"
	levelIntern   = "intern"
)

// Levels lists what the transform seniority can give, highest first: "owner" stands for founders and partners too,
// "staff" for a recognised trade without a rank.
func Levels() []string {
	return []string{levelC, levelOwner, levelVP, levelDirector, levelManager, levelSenior, levelStaff, levelEntry, levelIntern}
}

// seniority gives the level of a job title in English or French, "" when it is not known.
func seniority(title string) string {
	plain := plainTitle(title)
	if whole := titleWords(plain); hasAny(whole, "ex", "former", "ancien", "ancienne", "retired", "retraite", "retraitee",
		"unemployed", "sans emploi", "demandeur d emploi", "demandeuse d emploi") {
		return ""
	}
	best := ""
	for _, job := range strongParts(plain) {
		best = higher(best, jobLevel(job))
	}
	return best
}

// jobLevel rates one job. "and" and commas part jobs only where the first part helps nobody: an assistant to the CEO
// and the CFO is neither.
func jobLevel(job string) string {
	whole := titleWords(job)
	if len(whole) == 0 {
		return ""
	}
	if level := beginnerLevel(whole); level != "" {
		return level
	}
	if hasAny(whole, "director administratif et financier", "director administrative et financiere") {
		return levelC
	}
	parts := weakParts(job)
	if len(parts) == 1 {
		return partLevel(whole)
	}
	best := ""
	for _, part := range parts {
		if list := titleWords(part); len(list) > 0 {
			best = higher(best, partLevel(list))
		}
	}
	return best
}

// partLevel rates a job of which nothing can be parted any more.
func partLevel(list []string) string {
	if level := beginnerLevel(list); level != "" {
		return level
	}
	if level := fixedLevel(list); level != "" {
		return level
	}
	return rankLevel(list)
}

func higher(a, b string) string {
	for _, level := range Levels() {
		if a == level || b == level {
			return level
		}
	}
	return ""
}

// beginnerLevel recognises those who learn and those who support someone else, whatever rank the title goes on to name.
func beginnerLevel(list []string) string {
	if len(list) == 0 {
		return ""
	}
	switch {
	case hasAny(list, "intern", "internship", "stagiaire", "en stage", "alternant", "alternante", "alternance", "apprenti",
		"apprentie", "apprentice",
		"student", "etudiant", "etudiante", "werkstudent", "praktikant", "eleve", "lyceen", "lyceenne", "doctorant",
		"doctorante", "volontaire international"):
		return levelIntern
	case hasAny(list, "junior", "trainee", "graduate", "entry level"):
		return levelEntry
	case hasAny(list, "founder associate", "founder s associate", "founder office", "founder s office", "ceo office",
		"office of the ceo", "chief of staff to"):
		return levelEntry
	}
	return supportLevel(list)
}

// supportLevel recognises assistants and secretaries: "Assistant to the CEO", "Executive Assistant", "CEO's assistant",
// "Assistante de direction". An English assistant right before a rank is that rank's deputy instead: one level down.
func supportLevel(list []string) string {
	last := list[len(list)-1]
	at := find(list, "assistant")
	switch {
	case hasAny(list, "secretary general", "general secretary"):
		return ""
	case hasAny(list, "deputy de direction", "deputy administratif", "deputy administrative", "deputy a la direction"):
		return levelEntry
	case hasAny(list, "deputy au director", "deputy a la director", "deputy du director", "deputy de la director", "deputy au responsable"):
		return levelManager
	case find(list, "secretary") >= 0 || hasAny(list, "pa to", "ea to", "executive aide"):
		return levelEntry
	case at < 0:
		return ""
	case at+1 < len(list) && at == 0 && isOneOf(last, "manager", "director", "vp", "president", "professor", "principal", "controller", "supervisor", "superintendent", "engineer") &&
		!hasAny(list, "assistant to", "assistant of", "assistant du", "assistant de", "assistant au"):
		return oneDown(last)
	case at+1 < len(list) && isOneOf(list[at+1], "manager", "director", "vp", "vice", "general"):
		return oneDown(list[at+1])
	}
	return levelEntry
}

// oneDown is the level below a rank.
func oneDown(rank string) string {
	switch rank {
	case "vp", "vice", "president":
		return levelDirector
	case "director", "general":
		return levelManager
	case "manager", "supervisor", "controller", "principal", "superintendent":
		return levelSenior
	}
	return levelStaff
}

func isOneOf(w string, list ...string) bool {
	for _, other := range list {
		if w == other {
			return true
		}
	}
	return false
}

// fixedLevel knows phrases whose words taken one by one would mislead. The first that is found wins.
func fixedLevel(list []string) string {
	for _, p := range fixedPhrases {
		if hasAny(list, p.any...) {
			return p.gives
		}
	}
	return ""
}

// fixedPhrases are looked for in this order. They are never changed.
var fixedPhrases = []phrases{
	{levelSenior, []string{
		"tech lead", "technical lead", "lead technique", "senior account manager", "senior business partner",
		"senior product owner",
	}},
	{levelStaff, []string{
		"account manager", "community manager", "office manager", "case manager", "social media manager",
		"happiness manager", "product owner", "project owner", "platform owner", "solution owner", "content owner",
		"feature owner", "budget owner", "home owner", "process owner", "data owner", "service owner",
		"system owner", "application owner", "risk owner", "business partner", "channel partner", "executive search",
		"deputy medical", "deputy medicale", "deputy commercial", "deputy pharmaceutique", "deputy syndical",
		"controleur de gestion", "controleuse de gestion", "lead generation", "lead gen", "lead qualifier",
		"agent de direction", "administrateur systeme", "administrateur reseau",
	}},
	{levelC, []string{
		"director financier", "director financiere",
		"director des systemes d information", "director des systemes d informations", "director systemes d information",
		"director du systeme d information", "director des ressources humaines", "director ressources humaines",
		"director des finances", "managing director", "director deputy general", "director general", "general director",
		"general manager", "general counsel", "general secretary", "secretary general", "deputy general",
		"president director general", "membre du comex", "comite executif", "chief executive", "company director",
		"administrateur delegue", "administrateur deputy", "directoire",
	}},
	{levelDirector, []string{
		"chief of staff", "director de cabinet", "editor in chief", "editor en chef", "membre du codir",
		"comite de direction", "cadre dirigeant", "head of",
	}},
	{levelOwner, []string{
		"chef d entreprise", "chef entreprise", "managing partner", "founder partner", "general partner", "equity partner",
		"senior partner", "auto entrepreneur", "self employed", "business owner",
	}},
	{levelManager, []string{
		"team lead", "team leader", "squad lead", "chef d equipe", "crew leader",
	}},
}

// rankLevel reads the rank out of single words.
func rankLevel(list []string) string {
	switch {
	case hasAny(list, "vp", "vice president", "vice presidents"):
		return levelVP
	case cSuite(list):
		return levelC
	case hasAny(list, "founder") || ownerWord(list):
		return levelOwner
	case hasAny(list, "director", "directorate", "head", "chief", "doyen", "dean", "proviseur"):
		return levelDirector
	case hasAny(list, "manager", "responsable", "supervisor", "superintendent", "foreman", "contremaitre", "rssi",
		"encadrant", "encadrante", "controller", "intendant", "intendante") || frenchChef(list):
		return levelManager
	case hasAny(list, "senior", "principal", "lead", "leader", "expert", "experte", "referent", "referente", "architect",
		"architecte", "fellow", "staff engineer", "distinguished"):
		return levelSenior
	case hasAny(list, "clerk", "receptionist", "hotesse", "standardiste", "associate", "aide", "helper", "employe",
		"employee", "agent", "operator", "operateur", "operatrice", "cashier", "caissier", "caissiere", "vendeur",
		"vendeuse", "manutentionnaire", "ouvrier", "ouvriere", "preparateur", "livreur"):
		return levelEntry
	case knownTrade(list):
		return levelStaff
	}
	return ""
}

// cSuite recognises chief officers, presidents and the French initials of the board.
func cSuite(list []string) bool {
	if hasAny(list, "ceo", "cfo", "coo", "cto", "cio", "cmo", "cro", "cpo", "chro", "ciso", "cso", "cdo", "cco", "clo",
		"cao", "cpto", "cxo",
		"pdg", "dg", "dga", "daf", "drh", "dsi", "dgd", "raf", "chairman", "chairwoman", "chairperson", "chair of the board",
		"dirigeant", "dirigeante", "president") {
		last := list[len(list)-1]
		return !isOneOf(last, "specialist", "specialiste", "analyst", "analyste", "consultant", "coordinator", "expert", "executive") || len(list) == 1
	}
	chief := find(list, "chief")
	officer := find(list, "officer")
	return chief >= 0 && officer > chief
}

// ownerWord recognises owners and partners, not those whose job is about partners.
func ownerWord(list []string) bool {
	if hasAny(list, "owner", "gerant", "associe", "entrepreneur", "entrepreneuse", "business angel", "autoentrepreneur") {
		return true
	}
	switch {
	case len(list) == 1 || list[0] == "partner" && isOneOf(list[1], "at", "chez"):
		return list[0] == "partner"
	case list[len(list)-1] == "partner":
		return isOneOf(roleOf(list), "legal", "finance", "consulting") // firms of partners
	}
	return false
}

// frenchChef is a "chef" in the sense of head of something: "chef de projet", "chef des ventes", "chef comptable"; a
// cook is not one.
func frenchChef(list []string) bool {
	at := find(list, "chef")
	if at < 0 || at+1 >= len(list) {
		return false
	}
	if hasAny(list, "chef de partie", "chef de rang", "chef de cuisine", "sous chef", "chef cuisinier", "chef patissier") {
		return false
	}
	return isOneOf(list[at+1], "de", "d", "des", "du", "produit", "projet", "comptable", "marketing", "service", "commercial", "sales", "secteur", "atelier")
}

// knownTrade recognises trades that say nothing of rank.
func knownTrade(list []string) bool {
	if roleOf(list) != "" {
		return true
	}
	return hasAny(list, "analyst", "analyste", "specialist", "specialiste", "consultant", "consultante", "officer",
		"executive", "representative", "coordinator", "advisor", "charge", "technician", "engineer", "developer",
		"administrator", "administrateur", "administratrice", "gestionnaire", "teacher", "enseignant", "enseignante",
		"professor", "professeur", "professeure", "lecturer", "nurse", "infirmier", "infirmiere", "doctor", "medecin",
		"pharmacist", "pharmacien", "pharmacienne",
		"designer", "writer", "journalist", "journaliste", "editor", "photographer", "artist", "scientist", "researcher",
		"chercheur", "chercheuse", "lawyer", "avocat", "avocate", "notaire", "attorney", "paralegal", "recruiter",
		"recruteur", "recruteuse", "trainer", "formateur", "formatrice", "coach", "planner", "freelance",
		"freelancer", "independant", "independante", "auditor", "auditeur", "auditrice", "broker", "courtier",
		"attache", "attachee")
}
