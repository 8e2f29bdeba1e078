package salesforce

// populate fills a new org from the invented population.
func (s *Sandbox) populate(Options) {}
