package salesforce_test

import (
	"fmt"
	"time"

	"github.com/bareme/bareme/sandbox/salesforce"
)

// An org for a test: two leads, one of which is converted while nobody looks.
func Example() {
	now := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	box := salesforce.New(salesforce.Options{Now: func() time.Time { return now }}) // serve it with httptest.NewServer(box)
	for _, name := range []string{"One", "Two"} {
		if _, err := box.Create("Lead", map[string]any{"LastName": name, "Company": "Acme"}); err != nil {
			fmt.Println(err)
		}
	}
	leads := box.IDs("Lead")
	contact, err := box.Convert(leads[0], "", "", "")
	fmt.Println(leads[0], "became", contact, err)
	fmt.Println(box.Convert(leads[0], "", "", ""))
	// Output:
	// 00QQy0000000001MAA became 003Qy0000000001IAA <nil>
	//  CANNOT_UPDATE_CONVERTED_LEAD: cannot reference converted lead
}
