package hubspot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// BenchmarkAccount measures what the sandbox itself costs in an account of 200,000 contacts: a client's bench must
// not measure it instead.
func BenchmarkAccount(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	s := hubspot.New(hubspot.Options{People: 200_000, Seed: 1, Now: standing, Limits: hubspot.Limits{Off: true}})
	b.Logf("built in %.1f s", time.Since(start).Seconds())
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.Logf("%d MB for 200,000 contacts", (after.HeapAlloc-before.HeapAlloc)>>20)
	ids := s.IDs("contacts")
	send := func(b *testing.B, method, path string, in any) {
		b.Helper()
		payload, err := json.Marshal(in)
		if err != nil {
			b.Fatal(err)
		}
		r := httptest.NewRequest(method, path, bytes.NewReader(payload))
		r.Header.Set("Authorization", "Bearer pat-na1-sandbox")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 300 {
			b.Fatal(w.Body.String())
		}
	}
	names := []string{"email", "jobtitle", "country", "lifecyclestage", "hs_email_open", "hs_email_click", "hs_email_last_click_date", "associatedcompanyid", "hubspot_owner_id"}
	inputs := func(from int, props body) []any {
		var in []any
		for i := range 100 {
			in = append(in, body{"id": ids[(from+i)%len(ids)], "properties": props})
		}
		return in
	}
	b.Run("list page", func(b *testing.B) {
		for i := range b.N {
			send(b, "GET", contactsPath+"?limit=100&associations=companies&properties=email,jobtitle,hs_email_click&after="+ids[i*100%len(ids)], nil)
		}
	})
	b.Run("batch read", func(b *testing.B) {
		for i := range b.N {
			send(b, "POST", contactsPath+"/batch/read", body{"properties": names, "inputs": inputs(i*100, nil)})
		}
	})
	b.Run("batch update", func(b *testing.B) {
		for i := range b.N {
			s.Pass(time.Millisecond)
			send(b, "POST", contactsPath+"/batch/update", body{"inputs": inputs(i*100, body{"city": fmt.Sprint(i), "state": "x"})})
		}
	})
	if _, err := s.TouchAll("contacts"); err != nil {
		b.Fatal(err)
	}
	moment := itoa(s.Now().UnixMilli())
	b.Run("search page in 200,000 hits", func(b *testing.B) {
		for i := range b.N {
			send(b, "POST", contactsPath+"/search", body{"limit": 200, "sorts": []string{"hs_object_id"}, "properties": []string{"lastmodifieddate"},
				"filterGroups": all(where("lastmodifieddate", "BETWEEN", moment, moment), where("hs_object_id", "GT", ids[i*200%len(ids)]))})
		}
	})
}
