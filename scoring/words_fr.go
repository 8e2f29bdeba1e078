package scoring

import (
	"fmt"
	"strconv"
	"strings"
)

type french struct{}

func (french) mark() string { return "," }

func (french) colon() string { return " : " }

func (french) date(ms int64) string {
	months := [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}
	t := moment(ms)
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return day + " " + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

func (w french) times(n uint32, last int64) string {
	switch {
	case n == 1 && last == 0:
		return "une fois"
	case n == 1:
		return "une fois, le " + w.date(last)
	case last == 0:
		return fmt.Sprintf("%d fois", n)
	}
	return fmt.Sprintf("%d fois, la dernière le %s", n, w.date(last))
}

func (w french) timesShort(n uint32, last int64) string {
	switch {
	case last == 0:
		return fmt.Sprintf("%d×", n)
	case n == 1:
		return w.date(last)
	}
	return fmt.Sprintf("%d×, dernière %s", n, w.date(last))
}

func (w french) lastActivity(last int64) string { return "dernière activité le " + w.date(last) }

func (french) assumed() string { return "inconnu" }

func (french) estimated() string { return "estimé" }

func (w french) criterionCap(name string, limit Points) string {
	return name + " : plafonné à " + limit.short(w.mark())
}

func (w french) groupCap(name string, limit Points) string {
	return "Plafond du groupe : " + name + " est limité à " + limit.short(w.mark())
}

func (w french) groupFloor(name string, limit Points) string {
	return "Plancher du groupe : " + name + " vaut au moins " + limit.short(w.mark())
}

func (w french) scoreMax(name string, limit Points) string {
	return "Limite du score : " + name + " vaut au plus " + limit.short(w.mark())
}

func (w french) scoreMin(name string, limit Points) string {
	return "Limite du score : " + name + " vaut au moins " + limit.short(w.mark())
}

func (french) nothingKnown(attributes []string) string {
	return "Rien n'est connu de : " + strings.Join(attributes, ", ")
}

func (french) later(n int) string {
	if n == 1 {
		return "1 activité est datée dans le futur et ne compte pas encore"
	}
	return fmt.Sprintf("%d activités sont datées dans le futur et ne comptent pas encore", n)
}

func (french) more(n int) string {
	if n == 1 {
		return "… et 1 autre"
	}
	return fmt.Sprintf("… et %d autres", n)
}

func (french) unscored(scores []missingScore) string {
	parts := make([]string, len(scores))
	for i, s := range scores {
		needs := strings.Join(s.needs, ", ")
		if needs == "" {
			needs = "aucune activité datée"
		}
		parts[i] = s.name + " (" + needs + ")"
	}
	return "Sans score : rien n'est connu pour " + strings.Join(parts, " ; ")
}

func (french) trend(t Trend) string {
	switch t {
	case Rising:
		return "en hausse"
	case Falling:
		return "en baisse"
	}
	return "stable"
}

func (french) family(f Family) string {
	switch f {
	case Firmographic:
		return "firmographique"
	case SocioDemographic:
		return "sociodémographique"
	case Psychographic:
		return "psychographique"
	case Behavioural:
		return "comportemental"
	case Transactional:
		return "transactionnel"
	case Engagement:
		return "engagement"
	}
	return string(f)
}

func (french) nature(n Nature) string {
	switch n {
	case Explicit:
		return "explicite"
	case Implicit:
		return "implicite"
	case Negative:
		return "négatif"
	}
	return string(n)
}

func (w french) overallMax(limit Points) string {
	return "Limite : le score global vaut au plus " + limit.short(w.mark())
}

func (w french) overallMin(limit Points) string {
	return "Limite : le score global vaut au moins " + limit.short(w.mark())
}

func (french) next(a action) string {
	return [...]string{noAction: "", call: "Appeler maintenant", nurture: "Nourrir la relation", leave: "Laisser pour l'instant"}[a]
}

func (french) thirds(name string, thirds int) string {
	return fmt.Sprintf("%s : note déplacée de %+d/3 de lettre", name, thirds)
}

func (french) stage(name string) string {
	switch name {
	case Customer:
		return "client"
	case Ambassador:
		return "ambassadeur"
	case AtRisk:
		return "à risque"
	case Lost:
		return "perdu"
	}
	return name
}

func (french) route(name string) string {
	switch name {
	case RouteSales:
		return "commerciaux"
	case RouteNurture:
		return "à nourrir"
	case RouteOutOfTarget:
		return "hors cible"
	}
	return name
}

func (french) ignored() string { return "Sans score : le modèle laisse cette fiche de côté" }

func (french) droppedOpens(n int) string {
	return counted(n, "ouverture d'e-mail ne compte pas", "ouvertures d'e-mail ne comptent pas") + " : les messageries ouvrent d'elles-mêmes"
}

func (french) droppedBursts(n int) string {
	return counted(n, "activité ne compte pas", "activités ne comptent pas") + " : trop à la fois pour une personne"
}

func (french) droppedScanners(n int) string {
	return counted(n, "clic ne compte pas", "clics ne comptent pas") + " : dès la livraison, avant toute ouverture"
}
