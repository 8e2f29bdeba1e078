package population

import "strings"

// The word lists. Names are the commonest of each country, in combinations drawn by chance.

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '\n' })
}

var (
	frenchFirstNames  = list("Marie|Camille|Thomas|Julien|Claire|Nicolas|Sophie|Pierre|Élodie|Antoine|Manon|Lucas|Chloé|Hugo|Inès|Mathieu|Sarah|Alexandre|Léa|Guillaume|Émilie|Maxime|Pauline|Romain|Hélène|Vincent|Aurélie|Sébastien|Nathalie|Benoît|Isabelle|François|Céline|Olivier|Charlotte|Rémi|Juliette|Cédric|Anaïs|Yann|Margaux|Jérôme|Louise|Fabien|Agathe|Karim|Amélie|Mehdi|Océane|Étienne|Jean-Baptiste|Anne-Sophie|Maëlle|Gaëtan|Noémie|Loïc|Fatima|Mohamed|Solène|Baptiste")
	frenchLastNames   = list("Martin|Bernard|Dubois|Thomas|Robert|Richard|Petit|Durand|Leroy|Moreau|Simon|Laurent|Lefebvre|Michel|Garcia|David|Bertrand|Roux|Vincent|Fournier|Morel|Girard|André|Lefèvre|Mercier|Dupont|Lambert|Bonnet|François|Martinez|Legrand|Garnier|Faure|Rousseau|Blanc|Guérin|Muller|Henry|Roussel|Nicolas|Perrin|Morin|Mathieu|Clément|Gauthier|Dumont|Lopez|Fontaine|Chevalier|Robin|Masson|Sanchez|Gérard|Nguyen|Boyer|Denis|Lemaire|Duval|Joly|Gautier|Roger|Roche|Roy|Noël|Meyer|Lucas|Meunier|Jean|Pérez|Marchand|Dufour|Blanchard|Marie|Barbier|Brun|Dumas|Brunet|Schmitt|Leroux|Colas|Le Gall|de La Tour|Benali|Haddad|Traoré|Diallo")
	englishFirstNames = list("James|Emma|Oliver|Sophia|William|Amelia|Jack|Isla|Harry|Ava|George|Mia|Charlie|Grace|Thomas|Freya|Oscar|Emily|Jacob|Ella|Noah|Lily|Leo|Evie|Daniel|Sophie|Samuel|Poppy|Joseph|Alice|Henry|Florence|Max|Ruby|Adam|Charlotte|Ryan|Daisy|Luke|Hannah|Nathan|Megan|Owen|Lucy|Dylan|Zoe|Aaron|Chloe|Callum|Holly|Priya|Raj|Aisha|Omar|Mei|Connor|Siobhan|Rhys|Fiona|Angus")
	englishLastNames  = list("Smith|Jones|Taylor|Brown|Williams|Wilson|Johnson|Davies|Robinson|Wright|Thompson|Evans|Walker|White|Roberts|Green|Hall|Wood|Jackson|Clarke|Clark|Harris|Hughes|Lewis|Turner|Cooper|Hill|Ward|Moore|Morris|King|Watson|Baker|Harrison|Morgan|Patel|Young|Allen|Mitchell|James|Anderson|Phillips|Lee|Bell|Parker|Davis|Bennett|Miller|Cook|Shaw|Campbell|Carter|Richardson|Bailey|Collins|Bell|Shah|Khan|Murphy|Kelly|O'Brien|O'Neill|McDonald|Murray|Graham|Stewart|Reid|Fraser|Nguyen|Garcia|Rossi|Novak|Kowalski|Larsen|Müller")

	frenchTitles  = list("Directrice Marketing|Directeur commercial|Responsable achats|Chargée de communication|Chef de projet|Développeur|Consultante|Directeur général|PDG|Responsable marketing digital|Assistante de direction|DAF|DSI|DRH|Responsable RH|Commercial|Ingénieure commerciale|Acheteuse|Stagiaire|Alternante marketing|Étudiant|Gérant|Fondatrice|Cofondateur & CTO|Directrice des systèmes d'information|Responsable informatique|Comptable|Contrôleur de gestion|Responsable logistique|Directeur d'usine|Chargé d'affaires|Technicien|Professeur|Juriste|Directrice financière|Responsable de la formation|Chef de produit|Directeur des opérations|Attachée de presse|Retraité|Adjointe au directeur des achats|dir. commercial|RESPONSABLE COMMERCIAL GRANDS COMPTES|Présidente")
	englishTitles = list("Marketing Manager|VP of Sales|Head of Procurement|Software Engineer|Chief Executive Officer|CEO|Sales Director|Account Executive|Consultant|IT Manager|Operations Manager|Marketing Director|CFO|Chief Marketing Officer|Business Development Representative|Intern|Student|Founder|Co-Founder & CEO|HR Manager|Director of Engineering|Senior Product Manager|Procurement Specialist|Office Manager|Data Analyst|Head of Growth|Managing Director|Purchasing Officer|Senior Vice President, Marketing|CTO|Finance Director|Solutions Architect|Teacher|Owner|Partner|Project Manager|Customer Success Manager|Assistant to the CEO|Marketing Assistant|Demand Generation Lead|Chief Information Officer|vp marketing|HEAD OF SALES, EMEA|Freelance")

	companyHeadsFR = list("Vauban|Morvan|Lumière|Beauséjour|Armorique|Saint-Clair|Bellecour|Mirabel|Ventoux|Luberon|Chartreuse|Valmont|Brocéliande|Cévennes|Garonne|Oléron|Sancerre|Vercors|Belleville|Jura|Camargue|Val-de-Saône|Montclar|Rivage|Horizon|Alizé|Cap Ouest|Grand Large|Étoile|Boréal")
	companyTailsFR = list("Groupe|Atelier|Maison|Société|Conseil|Transports|Laboratoires|Industries|Assurances|Logiciels|Énergies|Éditions|Clinique|Coopérative|Travaux|Métallurgie|Réseaux|Immobilier|Textiles|Cosmétiques|Hôtels|Mécanique|Bureau|Domaine|Services|Numérique|Formation|Logistique|Sécurité|Banque")
	companyHeadsEN = list("Northfield|Harrow|Brightwater|Kestrel|Oakhurst|Silverline|Redcliffe|Pinecrest|Blackthorn|Ashford|Windermere|Granite|Copperfield|Larkspur|Stonebridge|Fairmont|Highgate|Westbrook|Ironwood|Clearview|Thornbury|Meridian|Falcon|Juniper|Wexford|Albion|Summit|Pemberton|Lakeside|Beacon")
	companyTailsEN = list("Systems|Software|Logistics|Consulting|Partners|Foods|Labs|Manufacturing|Insurance|Media|Energy|Retail|Health|Networks|Analytics|Construction|Engineering|Capital|Learning|Security|Hotels|Motors|Materials|Robotics|Publishing|Staffing|Telecom|Textiles|Aerospace|Holdings")

	industryNames = list("COMPUTER_SOFTWARE|INFORMATION_TECHNOLOGY_AND_SERVICES|MANAGEMENT_CONSULTING|FINANCIAL_SERVICES|MARKETING_AND_ADVERTISING|MACHINERY|CONSTRUCTION|RETAIL|HOSPITAL_HEALTH_CARE|LOGISTICS_AND_SUPPLY_CHAIN|INSURANCE|FOOD_PRODUCTION|EDUCATION_MANAGEMENT|REAL_ESTATE|BANKING|STAFFING_AND_RECRUITING|PHARMACEUTICALS|TELECOMMUNICATIONS|RENEWABLES_ENVIRONMENT|COSMETICS|HOSPITALITY|AUTOMOTIVE|CHEMICALS|NON_PROFIT_ORGANIZATION_MANAGEMENT|GOVERNMENT_ADMINISTRATION|HIGHER_EDUCATION|TEXTILES|WINE_AND_SPIRITS|LUXURY_GOODS_JEWELRY|LAW_PRACTICE")
	throwAwayMail = list("yopmail.com|mailinator.com|guerrillamail.com|10minutemail.com|trashmail.com")
	freeMailFR    = list("gmail.com|orange.fr|hotmail.fr|free.fr|laposte.net|yahoo.fr|outlook.fr|wanadoo.fr|sfr.fr")
	freeMailEN    = list("gmail.com|outlook.com|yahoo.com|hotmail.co.uk|icloud.com|proton.me|aol.com")
	formsFR       = list("Inscription à la lettre d'information|Demande de démonstration|Livre blanc : choisir son logiciel|Demande de contact|Webinaire d'octobre|Demande de devis|Essai gratuit")
	formsEN       = list("Newsletter sign-up|Demo request|White paper: choosing software|Contact us|October webinar|Request a quote|Free trial")
	pagesFR       = list("https://www.barometre.example/fr/|https://www.barometre.example/fr/blog|https://www.barometre.example/fr/produit|https://www.barometre.example/fr/tarifs|https://www.barometre.example/fr/demo|https://www.barometre.example/fr/recrutement")
	pagesEN       = list("https://www.barometre.example/|https://www.barometre.example/blog|https://www.barometre.example/product|https://www.barometre.example/pricing|https://www.barometre.example/demo|https://www.barometre.example/careers")
	subjectsFR    = list("Suite à votre demande|Présentation de notre offre|Point d'étape|Relance devis|Démonstration|Qualification|Préparation du comité|Négociation du contrat")
	subjectsEN    = list("Following up on your request|Introduction to our offer|Progress check|Quote reminder|Product demo|Discovery|Steering committee preparation|Contract negotiation")
	productNames  = list("Licence Essentiel|Starter plan|Licence Pro|Pro plan|Entreprise|Enterprise plan|Renouvellement|Formation|Onboarding")
)

func byLanguage(french bool, fr, en []string) []string {
	if french {
		return fr
	}
	return en
}

func freeMail(french bool) []string { return byLanguage(french, freeMailFR, freeMailEN) }
func forms(french bool) []string    { return byLanguage(french, formsFR, formsEN) }
func pages(french bool) []string    { return byLanguage(french, pagesFR, pagesEN) }
func subjects(french bool) []string { return byLanguage(french, subjectsFR, subjectsEN) }

func title(d *dice, french bool) string {
	return d.pick(byLanguage(french, frenchTitles, englishTitles))
}

// JobTitle draws a job title, for a person who changes jobs.
func JobTitle(draw uint64, french bool) string {
	all := byLanguage(french, frenchTitles, englishTitles)
	return all[draw%uint64(len(all))]
}

// where is a country in the spellings people use, and some of its cities.
type where struct{ spellings, cities []string }

var (
	placesFR = []where{
		{list("France|FRANCE|FR|france|Fr"), list("Paris|Lyon|Nantes|Lille|Toulouse|Bordeaux|Marseille|Strasbourg|Rennes|Grenoble|Montpellier")},
		{list("Belgique|Belgium|BE"), list("Bruxelles|Liège|Namur")},
		{list("Suisse|Switzerland|CH"), list("Genève|Lausanne|Neuchâtel")},
		{list("Canada|CA|Québec"), list("Montréal|Québec|Gatineau")},
		{list("Luxembourg|LU"), list("Luxembourg")},
		{list("Maroc|Morocco|MA"), list("Casablanca|Rabat")},
	}
	placesEN = []where{
		{list("United Kingdom|UK|GB|England|Royaume-Uni|Great Britain"), list("London|Manchester|Leeds|Bristol|Edinburgh|Birmingham|Glasgow")},
		{list("United States|USA|US|U.S.A.|United States of America|États-Unis"), list("Boston|Chicago|Austin|New York|Denver|Seattle")},
		{list("Germany|Deutschland|Allemagne|DE"), list("Berlin|München|Hamburg")},
		{list("Ireland|IE|Irlande"), list("Dublin|Cork")},
		{list("Netherlands|The Netherlands|Pays-Bas|NL"), list("Amsterdam|Utrecht")},
		{list("Spain|España|Espagne"), list("Madrid|Barcelona")},
		{list("Canada|CA"), list("Toronto|Vancouver")},
	}
)
