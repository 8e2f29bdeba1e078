package salesforce

import "net/http"

func (s *Sandbox) serveControl(w http.ResponseWriter, r *http.Request) {}
