package hubspot

// populate fills a new account.
func (s *Sandbox) populate(o Options) {
	s.source(Source{Type: "IMPORT"})
	t := s.tables[contacts]
	now := s.now().UnixMilli()
	for i := range o.People {
		r := &row{id: t.nextID, created: now, modified: now, place: -1}
		t.nextID++
		r.values = packed(nil).with(map[uint16]string{t.props["email"].slot: "p" + itoa(int64(i)) + "@example.org", t.props["firstname"].slot: "A", t.props["lastname"].slot: "B"})
		t.rows = append(t.rows, r)
		t.reindex(r, nil, r.values)
	}
	for _, t := range s.tables {
		t.log.build(t.rows)
	}
}
