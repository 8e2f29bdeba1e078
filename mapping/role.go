package mapping

import "strings"

// jobFunction gives the department a job title in English or French belongs to, "" when it is not known.
func jobFunction(title string) string {
	return roleOf(titleWords(plainTitle(title)))
}

// Functions lists what the transform function can give.
func Functions() []string {
	names := make([]string, 0, len(functionPhrases))
	for _, p := range functionPhrases {
		names = append(names, p.gives)
	}
	return names
}

// roleOf finds the phrase that says most: the longest, then the earliest. Words that several departments share count only
// when nothing else does, and the head of a company belongs to none of them.
func roleOf(list []string) string {
	if found := longest(list, functionIndex); found != "" {
		return found
	}
	if hasAny(list, headsOfCompanies...) && !hasAny(list, "vice president") {
		return "executive"
	}
	if hasAny(list, "assistant manager", "assistant director", "assistant vp") {
		return ""
	}
	return longest(list, sharedIndex)
}

// longest gives what the longest phrase found stands for, the earliest of equals, "" when there is none.
func longest(list []string, index map[string][]meaning) string {
	best, length := "", 0
	for i, w := range list {
		for _, m := range index[w] {
			if m.words > length && begins(list[i:], m.phrase) {
				best, length = m.gives, m.words
			}
		}
	}
	return best
}

// meaning is what one phrase stands for.
type meaning struct {
	phrase, gives string
	words         int
}

// byFirstWord puts phrases where they are found at once.
func byFirstWord(table []phrases) map[string][]meaning {
	index := map[string][]meaning{}
	for _, p := range table {
		for _, phrase := range p.any {
			first, _, _ := strings.Cut(phrase, " ")
			index[first] = append(index[first], meaning{phrase, p.gives, strings.Count(phrase, " ") + 1})
		}
	}
	return index
}

// The tables below, ready to search. They are never changed.
var (
	functionIndex = byFirstWord(functionPhrases)
	sharedIndex   = byFirstWord(sharedPhrases)
)

// headsOfCompanies have no department unless their title names one.
var headsOfCompanies = []string{
	"ceo", "pdg", "dg", "dga", "president", "founder", "owner", "gerant", "director general", "general director",
	"managing director", "general manager", "chief executive", "chairman", "chairwoman", "dirigeant", "dirigeante",
	"chef d entreprise", "managing partner", "associe", "entrepreneur", "board member", "administrateur deputy",
}

// functionPhrases say which department a phrase belongs to. They are never changed.
var functionPhrases = []phrases{
	{"sales", []string{
		"sales", "commercial", "business development", "business developer", "account executive", "account manager",
		"key account", "grands comptes", "compte cle", "comptes cles", "account director", "presales", "pre sales",
		"avant sales", "sales engineer", "engineer commercial", "engineer d affaires", "engineer avant sales",
		"charge d affaires", "developpement commercial", "sales operations", "sales director", "bdr", "sdr", "cro",
		"chief revenue officer", "revenue operations", "revenue", "animateur des sales", "partnerships", "channel manager",
		"technico commercial", "technico commerciale", "vendeur", "vendeuse", "sales executive", "deputy commercial",
		"relation client grands comptes", "deputy medical", "sales assistant", "bid manager", "commerce",
	}},
	{"marketing", []string{
		"marketing", "cmo", "communication", "communications", "brand", "marque", "seo", "sea", "content", "contenu",
		"growth", "acquisition", "community manager", "social media", "product marketing", "media buyer",
		"demand generation", "lead generation", "digital marketing", "public relations", "relations publiques",
		"relations presse", "attache de presse", "attachee de presse", "evenementiel", "events", "crm manager", "marketing operations", "publicite", "advertising",
		"copywriter", "redacteur web", "editor web", "e marketing", "webmarketing", "chef de publicite",
		"marketing manager", "traffic manager", "trafic manager",
	}},
	{"finance", []string{
		"finance", "finances", "financial", "financier", "financiere", "cfo", "daf", "raf", "accountant", "accounting",
		"comptable", "comptabilite", "comptables", "controller", "controlling", "controleur de gestion",
		"controleuse de gestion", "controle de gestion", "treasurer", "tresorier", "tresoriere", "treasury", "tresorerie",
		"audit", "auditor", "auditeur", "auditrice", "tax", "fiscal", "fiscaliste", "payroll", "credit", "credit manager",
		"fp a", "actuary", "actuaire", "investor relations", "bookkeeper", "administratif et financier",
		"administrative et financiere",
	}},
	{"it", []string{
		"it", "cio", "dsi", "ciso", "rssi", "informatique", "systeme d information", "systemes d information",
		"systemes d informations", "information systems", "information technology", "chief information officer", "sysadmin", "system administrator",
		"systems administrator", "administrateur systeme", "administrateur systemes", "administrateur reseau", "network",
		"reseau", "reseaux", "helpdesk", "help desk", "it support", "infrastructure", "cybersecurity", "cybersecurite",
		"information security", "security officer", "securite des systemes d information", "cloud",
		"database administrator", "dba", "support informatique", "it manager", "it project manager", "it director",
		"chef de projet informatique", "technician informatique", "digital transformation", "transformation digitale",
		"salesforce administrator", "erp",
	}},
	{"hr", []string{
		"hr", "rh", "human resources", "ressources humaines", "drh", "chro", "talent", "talents", "recruiter",
		"recruiting", "recruitment", "recrutement", "recruteur", "recruteuse", "people operations", "people partner",
		"chief people officer", "head of people", "people", "hrbp", "hr business partner", "rh business partner", "paie",
		"gestionnaire de paie", "talent acquisition", "learning and development", "compensation", "formation",
		"engagement collaborateur", "people manager", "responsable formation", "happiness manager",
	}},
	{"product", []string{
		"product", "produit", "produits", "cpo", "product owner", "product manager", "product management",
		"chef de produit", "chef produit", "product director", "head of product", "chief product officer", "product lead",
	}},
	{"engineering", []string{
		"engineering", "software", "software engineer", "software developer", "developer", "cto", "cpto", "ingenierie",
		"r d", "devops", "sre", "data engineer", "data scientist", "machine learning", "full stack", "fullstack",
		"backend", "frontend", "front end", "back end", "qa", "test engineer", "tech lead", "technical director",
		"director technique", "bureau d etudes", "director r d", "scrum master", "chief technology officer",
		"software architect", "solution architect", "architecte logiciel", "embedded", "firmware", "mechanical engineer",
		"electrical engineer", "civil engineer", "director of engineering", "lead technique", "technical lead",
		"product engineer",
	}},
	{"operations", []string{
		"operations", "coo", "exploitation", "logistics", "logistique", "supply chain", "production", "manufacturing",
		"plant manager", "factory", "usine", "director d usine", "quality", "qualite", "qhse", "hse", "maintenance",
		"warehouse", "entrepot", "transport", "fleet", "facilities", "facility", "services generaux", "site manager",
		"chef de chantier", "conducteur de travaux", "moyens generaux", "office manager", "process", "lean",
		"industrialisation", "methodes", "chief operating officer", "operations manager", "quality engineer",
		"production engineer", "director de site", "director d agence", "store manager", "director de magasin",
		"responsable de magasin", "planning", "pmo", "operating",
	}},
	{"procurement", []string{
		"procurement", "purchasing", "achats", "achat", "buyer", "sourcing", "approvisionnement", "approvisionneur",
		"approvisionnements", "category manager", "approvisionneuse", "supplier", "fournisseurs", "buyer industriel",
	}},
	{"legal", []string{
		"legal", "juridique", "juriste", "lawyer", "avocat", "avocate", "attorney", "counsel", "general counsel",
		"compliance", "conformite", "paralegal", "notaire", "clo", "dpo", "data protection officer", "privacy",
		"solicitor", "contract manager", "contracts", "contentieux", "protection des donnees", "contrats",
	}},
	{"support", []string{
		"customer success", "customer service", "customer support", "customer care", "customer experience",
		"service client", "service clients", "relation client", "relations clients", "support client", "technical support",
		"support technique", "support", "sav", "service apres sales", "support engineer", "experience client", "clientele",
		"customer success manager", "support manager", "teleconseiller", "teleconseillere", "succes client",
	}},
	{"design", []string{
		"designer", "design", "ux", "ui", "graphiste", "graphic designer", "product designer", "creative", "creatif",
		"creative director", "art director", "director artistique", "ux designer", "ui designer", "illustrator",
		"architecte d interieur", "ux researcher", "product design",
	}},
	{"data", []string{
		"data", "data analyst", "data manager", "analytics", "business intelligence", "bi", "statisticien",
		"statisticienne", "statistician", "data engineer bi", "chief data officer", "donnees", "big data", "data steward",
		"business analyst bi",
	}},
	{"administration", []string{
		"executive assistant", "assistant de direction", "assistant executive", "administrative assistant",
		"assistant administratif", "assistant administrative", "personal assistant", "secretary", "receptionist",
		"assistant to", "assistant du", "standardiste", "deputy administratif", "deputy administrative",
		"deputy de direction", "office assistant", "office administrator", "pa to", "ea to", "assistant of",
		"assistant polyvalent", "ceo assistant", "ceo s assistant", "management assistant", "general secretary assistant",
		"secretary de direction", "hotesse d accueil",
	}},
	{"consulting", []string{
		"consultant", "consultante", "consulting", "conseil", "management consultant",
	}},
	{"education", []string{
		"teacher", "professor", "professeur", "professeure", "enseignant", "enseignante", "lecturer", "teaching",
		"formateur", "formatrice", "education", "pedagogique", "proviseur", "school", "academic", "instituteur",
		"institutrice", "tutor", "principal d college",
	}},
	{"research", []string{
		"research", "researcher", "recherche", "chercheur", "chercheuse", "scientist", "scientifique", "laboratory",
		"laboratoire", "clinical", "research scientist", "recherche et developpement", "research and development",
	}},
	{"health", []string{
		"doctor", "nurse", "infirmier", "infirmiere", "medecin", "physician", "surgeon", "chirurgien", "pharmacist",
		"pharmacien", "pharmacienne", "dentist", "dentiste", "kinesitherapeute", "aide soignant", "aide soignante",
		"medical", "sante", "veterinaire",
	}},
	{"executive", []string{
		"secretary general", "general secretary",
	}},
}

// sharedPhrases count only when no other phrase does. They are never changed.
var sharedPhrases = []phrases{
	{"engineering", []string{
		"engineer", "technical", "technique", "tech", "technology", "technologie", "innovation", "architect", "architecte",
		"technician",
	}},
	{"operations", []string{
		"project", "projet", "projets", "program", "programme", "programmes", "delivery", "operateur", "operator", "site",
	}},
	{"administration", []string{
		"assistant", "administratif", "administrative", "admin", "clerk",
	}},
	{"marketing", []string{
		"digital", "web", "media",
	}},
}
