package crmtest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/crm/crmtest"
)

func Example() {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	m := crmtest.NewMemory(func() time.Time { return now })
	m.PageSize = 2
	m.Declare(crm.People, crm.Field{Name: "score", Type: crm.Number, Writable: true})
	for i := range 3 {
		m.Put(crm.People, fmt.Sprint("p", i), crm.Fields{"title": "Director"}, nil)
	}
	ctx := context.Background()
	var cursor crm.Cursor
	for page, err := range m.Records(ctx, crm.Query{Object: crm.People, Fields: []string{"title"}}) {
		fmt.Println(len(page.Items), page.Total, err)
		cursor = page.Next
	}
	out, err := m.Write(ctx, crm.People, []crm.Update{{ID: "p1", Fields: crm.Fields{"score": "50"}}, {ID: "p9", Fields: crm.Fields{"score": "1"}}})
	fmt.Println(out[0].Status, out[1].Status, err, m.Values(crm.People)["p1"], m.Writes())
	for page, err := range m.Records(ctx, crm.Query{Object: crm.People, Fields: []string{"scor"}, Cursor: cursor}) {
		fmt.Println(len(page.Items), err)
	}
	// Output:
	// 2 3 <nil>
	// 1 3 <nil>
	// written gone <nil> map[score:50 title:Director] 1
	// 0 read people: field scor: there is no such field. The closest is "score"
}
