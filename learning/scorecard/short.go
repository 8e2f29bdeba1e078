package scorecard

func fitShort([]Column, []bool, []float64, *Options) (*Fitted, error) { return nil, ErrRows }
