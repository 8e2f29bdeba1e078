package clv

import "fmt"

// Because says in words what the answers about a customer rest on: how often they bought, at what pace, and how long
// they have been quiet. There is nothing else a process of buying knows.
func (h History) Because() (string, error) {
	if err := h.Check(); err != nil {
		return "", err
	}
	quiet := fmt.Sprintf("%.0f weeks ago", h.T-h.Tx)
	if h.X == 0 {
		return "bought once, " + quiet, nil
	}
	return fmt.Sprintf("bought on %d days, one every %.1f weeks, the last %s", h.X+1, h.Tx/float64(h.X), quiet), nil
}
