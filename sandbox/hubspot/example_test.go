package hubspot_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// An account with one planned fault: the first request fails as HubSpot would fail it.
func Example() {
	box := hubspot.New(hubspot.Options{Now: func() time.Time { return time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC) }})
	if _, err := box.Create("contacts", map[string]string{"email": "claire@vauban.example"}, nil); err != nil {
		fmt.Println(err)
	}
	if err := box.Inject(hubspot.Fault{Kind: hubspot.FaultStatus, Status: 503}); err != nil {
		fmt.Println(err)
	}
	for range 2 {
		r := httptest.NewRequest(http.MethodGet, "/crm/objects/2026-09/contacts?properties=email", nil)
		r.Header.Set("Authorization", "Bearer pat-na1-sandbox")
		w := httptest.NewRecorder()
		box.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	fmt.Println(box.Counts())
	// Output:
	// 503
	// 200
	// map[list:2]
}
