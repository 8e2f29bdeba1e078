package clv_test

import (
	"fmt"

	"github.com/bareme/bareme/learning/clv"
)

// A customer as of today, under parameters learnt before.
func Example() {
	m := clv.Model{
		Buying:   clv.MBGNBD{R: .525, Alpha: 6.18, A: .891, B: 1.61},
		Spending: &clv.GammaGamma{P: 6.25, Q: 3.74, V: 15.44},
	}
	h := clv.History{X: 4, Tx: 20, T: 32, Mean: 48}
	because, err := h.Because()
	if err != nil {
		fmt.Println(err)
		return
	}
	alive, _ := m.Alive(h)
	next, _ := m.Next(h, 13)
	year, _ := m.Expected(h, 52)
	amount, _ := m.Amount(h)
	value, _ := m.Value(h, clv.Terms{Months: 12, Discount: clv.Monthly(0.1), Margin: 0.4})
	fmt.Println(because)
	fmt.Printf("churn risk %.0f %%, buys within a quarter %.0f %%, next in %.0f weeks\n", 100*(1-alive), 100*next.Chance, next.Median)
	fmt.Printf("%.1f purchases of %.2f in a year, worth %.2f\n", year, amount, value)
	_, err = m.Alive(clv.History{X: 2, T: 10})
	fmt.Println(err)
	// Output:
	// bought on 5 days, one every 5.0 weeks, the last 12 weeks ago
	// churn risk 47 %, buys within a quarter 39 %, next in 6 weeks
	// 2.4 purchases of 46.74 in a year, worth 42.34
	// t_x: 2 repeat purchases, the last at week 0; merge purchases of one day: without a repeat purchase t_x is 0, with one it is above 0
}
