package scoring

// activityRule is an activity criterion made ready.
type activityRule struct {
	each   bool
	dated  bool  // events without a date do not count
	within int64 // milliseconds; 0: any age
	points Points
	cap    Points // magnitude; 0: none
	curve  curve
	tiers  []activityTier
}

type activityTier struct {
	from   int64
	points Points
	curve  curve
}

// ruleTally sums up the events that count for one rule. Sums of whole numbers do not depend on their order.
type ruleTally struct {
	times  int64
	last   int64 // the latest dated one
	dated  bool  // last is set
	earned Points
}

// add counts an event that happened by now.
func (t *ruleTally) add(r *activityRule, e *Event, now int64) {
	var age int64
	if e.At == 0 {
		if r.dated {
			return
		}
	} else {
		age = ageOf(e.At, now)
		if r.within > 0 && age > r.within {
			return
		}
		if !t.dated || e.At > t.last {
			t.last, t.dated = e.At, true
		}
	}
	times := e.times()
	t.times += times
	if r.each {
		t.earned = limited(t.earned + multiply(r.curve.at(r.points, age), times))
	}
}

// ageOf is now minus at, without overflow.
func ageOf(at, now int64) int64 {
	age := now - at
	if age < 0 {
		const longest = 1<<63 - 1
		return longest
	}
	return age
}

// multiply multiplies points that are all of one sign, up to the most a criterion can earn.
func multiply(p Points, times int64) Points {
	if times == 1 || p == 0 {
		return p
	}
	if times > int64(mostEarned/p.abs()) {
		if p < 0 {
			return -mostEarned
		}
		return mostEarned
	}
	return p * Points(times)
}

func limited(p Points) Points { return min(max(p, -mostEarned), mostEarned) }

// total is what the rule gives for all events it counted, before its cap, with the same before decay.
func (t *ruleTally) total(r *activityRule, now int64) (earned, full Points) {
	if t.times == 0 {
		return 0, 0
	}
	if r.each {
		return t.earned, multiply(r.points, t.times)
	}
	points, c := r.points, &r.curve
	if len(r.tiers) > 0 {
		points = 0
		for i := range r.tiers {
			if r.tiers[i].from <= t.times {
				points, c = r.tiers[i].points, &r.tiers[i].curve
			}
		}
	}
	if !t.dated {
		return points, points
	}
	return c.at(points, ageOf(t.last, now)), points
}

// capped is what the cap leaves of what was earned.
func (r *activityRule) capped(earned Points) Points {
	if r.cap == 0 {
		return earned
	}
	return min(max(earned, -r.cap), r.cap)
}
