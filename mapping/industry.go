package mapping

// industryGroup gives the group an industry belongs to, from HubSpot's or Salesforce's own values, LinkedIn's names, or
// words in English and French; "" when it is not known.
func industryGroup(s string) string {
	s, _ = cut(s, maxTitle)
	return longest(words(fold(s)), industryIndex)
}

// IndustryGroups lists what the transform industry_group can give.
func IndustryGroups() []string {
	names := make([]string, 0, len(industryPhrases))
	for _, p := range industryPhrases {
		names = append(names, p.gives)
	}
	return names
}

var industryIndex = byFirstWord(industryPhrases)

// industryPhrases say which group a phrase belongs to: the longest phrase wins, then the first. They are never changed.
var industryPhrases = []phrases{
	{"agriculture", []string{
		"agriculture", "agricole", "agribusiness", "farming", "ranching", "dairy", "fishery", "peche", "viticulture",
		"elevage", "forestry", "sylviculture",
	}},
	{"construction", []string{
		"construction", "btp", "batiment", "travaux publics", "building materials", "materiaux de construction",
		"civil engineering", "genie civil", "architecture planning", "architecture",
	}},
	{"education", []string{
		"education", "e learning", "higher education", "enseignement", "enseignement superieur", "universite", "university",
		"ecole", "school", "formation", "training", "professional training coaching", "edtech", "primary secondary education",
		"education management",
	}},
	{"energy", []string{
		"energy", "energie", "oil", "oil energy", "oil gas", "petrole", "utilities", "renewables", "renewables environment",
		"energies renouvelables", "mining", "mining metals", "mines", "electricite", "environmental services", "environnement",
		"water", "eau", "nuclear", "nucleaire", "waste", "dechets",
	}},
	{"finance", []string{
		"finance", "financial services", "banking", "banque", "bank", "insurance", "assurance", "assurances", "fintech",
		"investment management", "investment banking", "venture capital private equity", "capital markets", "accounting",
		"services financiers", "comptabilite", "mutuelle", "credit",
	}},
	{"healthcare", []string{
		"healthcare", "health", "health care", "hospital", "hospital health care", "hopital", "sante", "medical",
		"medical devices", "medical practice", "pharmaceuticals", "pharmaceutical", "pharma", "pharmacie", "pharmaceutique",
		"biotechnology", "biotechnologies", "biotech", "health wellness and fitness", "mental health care", "clinique",
		"medtech", "veterinary", "industrie pharmaceutique", "dispositifs medicaux",
	}},
	{"hospitality", []string{
		"hospitality", "hotel", "hotels", "hotellerie", "restaurant", "restaurants", "restauration", "travel", "tourism",
		"tourisme", "leisure travel tourism", "leisure", "loisirs", "food beverages", "sports", "sport", "recreation",
		"gambling casinos", "events services", "evenementiel", "airlines tourism",
	}},
	{"manufacturing", []string{
		"manufacturing", "industrie", "industriel", "industrielle", "machinery", "automotive", "automobile", "aerospace",
		"aviation aerospace", "aeronautique", "defense space", "chemicals", "chemical", "chimie", "electronics",
		"electrical electronic manufacturing", "electronique", "plastics", "plasturgie", "textiles", "textile",
		"food production", "agroalimentaire", "industrial automation", "mechanical or industrial engineering", "metallurgie",
		"packaging and containers", "packaging", "semiconductors", "consumer electronics", "furniture", "shipbuilding",
		"paper forest products", "glass ceramics concrete", "engineering", "railroad manufacture",
	}},
	{"media", []string{
		"media", "medias", "publishing", "edition", "newspapers", "presse", "broadcast media", "broadcasting", "entertainment",
		"music", "musique", "motion pictures and film", "cinema", "computer games", "jeux video", "gaming", "printing",
		"imprimerie", "online media", "media production", "photography", "performing arts", "audiovisuel",
	}},
	{"nonprofit", []string{
		"non profit", "nonprofit", "nonprofit organization management", "non profit organization management", "ngo", "ong",
		"association", "associations", "philanthropy", "fund raising", "religious institutions", "civic social organization",
		"think tanks", "international affairs", "fondation", "individual family services",
	}},
	{"professional services", []string{
		"consulting", "conseil", "management consulting", "legal services", "law practice", "legal", "avocats", "audit",
		"marketing and advertising", "marketing", "advertising", "publicite", "communication agency", "agence", "agency",
		"human resources", "ressources humaines", "staffing and recruiting", "recrutement", "interim", "design", "market research",
		"public relations and communications", "outsourcing offshoring", "translation and localization", "business services",
		"services aux entreprises", "professional services", "graphic design", "research", "security and investigations",
		"facilities services", "executive office", "program development", "business supplies and equipment", "events marketing",
	}},
	{"public sector", []string{
		"government", "government administration", "public sector", "secteur public", "administration publique",
		"administration", "public administration", "collectivite", "collectivites", "mairie", "ministere", "military", "armee",
		"law enforcement", "judiciary", "public policy", "public safety", "political organization", "legislative office",
		"government relations", "museums and institutions", "libraries",
	}},
	{"real estate", []string{"real estate", "commercial real estate", "immobilier", "property", "promotion immobiliere", "fonciere"}},
	{"retail", []string{
		"retail", "distribution", "grande distribution", "commerce", "e commerce", "ecommerce", "consumer goods", "wholesale",
		"apparel fashion", "apparel", "fashion", "mode", "luxury goods jewelry", "luxe", "luxury", "cosmetics", "cosmetique",
		"cosmetiques", "supermarkets", "supermarche", "sporting goods", "consumer services", "grossiste", "negoce", "vente au detail",
		"wine and spirits", "tobacco", "import and export", "international trade and development", "commerce de detail",
	}},
	{"technology", []string{
		"technology", "technologie", "technologies", "software", "computer software", "logiciel", "logiciels", "saas",
		"information technology", "information technology and services", "it", "it services", "informatique",
		"services informatiques", "internet", "computer hardware", "computer networking", "computer network security",
		"cybersecurity", "cybersecurite", "information services", "esn", "editeur de logiciels", "cloud", "data", "tech",
		"hardware", "nanotechnology", "numerique",
	}},
	{"telecom", []string{"telecom", "telecoms", "telecommunications", "telecommunication", "wireless", "communications"}},
	{"transport", []string{
		"transportation", "transport", "transports", "transportation trucking railroad", "logistics", "logistique",
		"logistics and supply chain", "supply chain", "airlines aviation", "airlines", "maritime", "package freight delivery",
		"warehousing", "shipping", "ferroviaire", "railroad", "livraison", "fret",
	}},
}
