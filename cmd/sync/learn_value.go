package main

import (
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/worker"
)

// fitName says what was learnt, and of whom where that is not people.
func fitName(f worker.Fitted) string {
	if f.Object == crm.Companies {
		return title(f.Score) + " of companies"
	}
	return title(f.Score)
}

// printValueFit shows what was learnt of purchases for churn risk and value, or why nothing was.
func (p *program) printValueFit(f worker.Fitted) {
	p.printf("\n%s: learnt from %s on %s\n", fitName(f), customersOf(f), f.At.Format("2 January 2006"))
	if f.Value == nil {
		p.printf("  nothing is said of churn risk and value: %s\n", f.Refused)
		return
	}
	p.printf("  process %s\n", f.Value.Buying.Kind())
	for _, finding := range f.Value.Findings {
		p.printf("  note: %s\n", finding)
	}
	if f.Value.Spending == nil {
		p.printf("  expected_value stays unknown; churn_risk and expected_purchases are known\n")
	}
}

// printProductsFit shows what was learnt of who bought what next, or why nothing was.
func (p *program) printProductsFit(f worker.Fitted) {
	p.printf("\n%s: learnt from %s on %s\n", fitName(f), customersOf(f), f.At.Format("2 January 2006"))
	if f.Products == nil {
		p.printf("  nothing is suggested: %s\n", f.Refused)
		return
	}
	p.printf("  %s\n", f.Judged)
	for _, rule := range f.Products.Rules {
		p.printf("  %s\n", rule.Words(f.Products.Days))
	}
}
