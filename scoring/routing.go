package scoring

// Where people go next.
const (
	RouteSales       = "sales"         // someone should call
	RouteNurture     = "nurture"       // marketing keeps in touch
	RouteOutOfTarget = "out_of_target" // not whom the product is for
)

// Routes lists where people can go.
func Routes() []string { return []string{RouteSales, RouteNurture, RouteOutOfTarget} }

// RouteWord is a route in a language ("en" or "fr").
func RouteWord(route, lang string) string { return phrasesIn(lang).route(route) }

// routes finds where each grade leads by itself: the worst row, or the worst grade of a single score, is out of target;
// those to be called go to sales, as does the best grade where there are no labels; all others are nurtured.
func (c *compiler) routes(g *compiledGrade) {
	all := g.all()
	if len(all) == 0 {
		return // said already
	}
	rows := len(g.names)
	if g.one && g.names[rows-1][0] == "" {
		rows-- // below all bands there is no grade
	}
	g.routes = make([][]string, len(g.names))
	for i, row := range g.names {
		for j, name := range row {
			route := RouteNurture
			switch {
			case name == "":
				route = ""
			case i == rows-1:
				route = RouteOutOfTarget
			case c.model.action(name, g.labels[i][j]) == call, g.labels[i][j] == "" && name == all[0]:
				route = RouteSales
			}
			g.routes[i] = append(g.routes[i], route)
		}
	}
}

// route is where a subject goes: by the model's own rules when it has any, else by grade, where clients at risk are for
// sales and no client is out of target.
func (m *Model) route(f *facts, r *Result) string {
	switch {
	case len(m.routes) > 0:
		return stageNow(m.routes, "", f)
	case r.Stage == AtRisk:
		return RouteSales
	case r.Route == RouteOutOfTarget && (r.Stage == Customer || r.Stage == Ambassador), r.Route == "" && r.Stage != "":
		return RouteNurture
	}
	return r.Route
}
