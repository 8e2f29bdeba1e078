package worker

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/scoring"
)

// The kinds of override.
const (
	OverrideScore  = "score"  // Points replace the overall score
	OverrideAdd    = "add"    // Points are added to it
	OverrideFreeze = "freeze" // the record keeps showing what it shows
)

// maxWords is the longest author or reason of an override, in characters.
const maxWords = 300

// SetOverride sets a person's score by hand, or freezes what the record shows. who is a record id or an e-mail address. It
// is stored with an entry in the ledger; the next run writes what comes of it. An earlier override is replaced.
func (w *Worker) SetOverride(ctx context.Context, who string, o Override) (Override, error) {
	now := w.Now().UTC()
	o.At, o.Until = now, o.Until.UTC()
	if err := w.checkOverride(o, now); err != nil {
		return o, err
	}
	return o, w.saveOverride(ctx, who, &o, w.handWords(&o))
}

// ClearOverride takes an override back: from the next run on the score is the computed one.
func (w *Worker) ClearOverride(ctx context.Context, who string) (string, error) {
	o := Override{At: w.Now().UTC()}
	text := "No longer set by hand"
	if w.Mapper.Language() == "fr" {
		text = "N'est plus fixé à la main"
	}
	err := w.saveOverride(ctx, who, &o, text)
	return o.ID, err
}

func (w *Worker) saveOverride(ctx context.Context, who string, o *Override, text string) error {
	id, err := w.find(ctx, who)
	if err != nil {
		return as("override", err)
	}
	o.ID = id
	stored, _, err := w.Store.Subject(ctx, w.of(), id)
	if errors.Is(err, crm.ErrNotFound) {
		return &crm.Error{Kind: crm.ErrNotFound, Op: "override", ID: id, Message: "is not kept here, or was not scored yet", Hint: "Check the id, or run a sync first"}
	}
	if err != nil {
		return err
	}
	shown := w.headline().shown(stored.Shown)
	if err := w.Store.SaveOverride(ctx, w.of(), *o, Entry{At: o.At, Model: w.ModelHash, Old: shown, New: shown, Reasons: []string{text}}); err != nil {
		return err
	}
	return w.replaceOverrides(ctx, id, o.At, text)
}

// replaceOverrides takes back what was set for other records of the same person: one override holds for all of them.
func (w *Worker) replaceOverrides(ctx context.Context, id string, at time.Time, text string) error {
	if len(w.others()) == 0 {
		return nil
	}
	known, err := w.kinships(ctx, []string{id})
	if err != nil {
		return err
	}
	for _, k := range known[id].same {
		of := Population{k.Connection, w.of().Object}
		all, err := w.Store.Overrides(ctx, of)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(o Override) bool { return o.ID == k.ID }) {
			continue
		}
		stored, _, err := w.Store.Subject(ctx, of, k.ID)
		if err != nil {
			return err
		}
		shown := w.in(k.Connection).headline().shown(stored.Shown)
		if err := w.Store.SaveOverride(ctx, of, Override{ID: k.ID, At: at}, Entry{At: at, Model: w.ModelHash, Old: shown, New: shown, Reasons: []string{text}}); err != nil {
			return err
		}
	}
	return nil
}

func (w *Worker) checkOverride(o Override, now time.Time) error {
	wrong := func(message, hint string) error {
		return &crm.Error{Kind: crm.ErrInvalid, Op: "override", Message: message, Hint: hint}
	}
	least, most := w.Model.OverallRange()
	switch o.Kind {
	case OverrideScore:
		if !(o.Points >= least.Float() && o.Points <= most.Float()) {
			return wrong(fmt.Sprintf("%g is no score of this model", o.Points), fmt.Sprintf("Scores go from %s to %s", least, most))
		}
	case OverrideAdd:
		if !(math.Abs(o.Points) <= most.Float()-least.Float()) || o.Points == 0 {
			return wrong(fmt.Sprintf("%g moves nothing, or more than the whole scale", o.Points), fmt.Sprintf("Scores go from %s to %s", least, most))
		}
	case OverrideFreeze:
	default:
		return wrong("nothing is said to be done", "Name a score, points to add, or a freeze")
	}
	for _, said := range []struct{ what, text string }{{"author", o.Author}, {"reason", o.Reason}} {
		if strings.TrimSpace(said.text) == "" {
			return wrong("there is no "+said.what, "Others will ask who set this and why")
		}
		if utf8.RuneCountInString(said.text) > maxWords || strings.ContainsFunc(said.text, unicode.IsControl) {
			return wrong(fmt.Sprintf("the %s is longer than %d characters, or more than one line", said.what, maxWords), "Shorten it")
		}
	}
	if !o.Until.After(now) {
		return wrong("its end has passed already", "Name a day to come: what is set by hand ends by itself")
	}
	return nil
}

// hand is the override as scoring knows it; nil for a freeze.
func (o *Override) hand() *scoring.Override {
	if o.Kind == OverrideFreeze {
		return nil
	}
	return &scoring.Override{
		Add: o.Kind == OverrideAdd, Points: scoring.Points(math.Round(o.Points * float64(scoring.Point))),
		Author: o.Author, Reason: o.Reason, Until: o.Until,
	}
}

// handWords tells an override in the language of the model.
func (w *Worker) handWords(o *Override) string {
	if hand := o.hand(); hand != nil {
		return hand.Words(w.Mapper.Language())
	}
	return o.frozen(w.Mapper.Language())
}

func (o *Override) frozen(lang string) string {
	day := o.Until.Add(-time.Second).Format("2006-01-02")
	if lang == "fr" {
		return fmt.Sprintf("Figé à la main par %s jusqu'au %s : %s", o.Author, day, o.Reason)
	}
	return fmt.Sprintf("Frozen by hand by %s until %s: %s", o.Author, day, o.Reason)
}

// byHand is what was done by hand about the person being scored.
type byHand struct {
	score  *scoring.Override // set or moved; nil: no
	frozen *Override         // the record keeps what it shows; nil: no
}

// handOf finds what holds for a person: the command line's word before that of the CRM's field.
func (s *scorer) handOf(id string, field *scoring.Override) (h byHand) {
	h.score = field
	o, ok := s.overrides[id]
	if !ok || !s.now.Before(o.Until) {
		return h
	}
	if o.Kind == OverrideFreeze {
		h.frozen = &o
	} else {
		h.score = o.hand()
	}
	return h
}

// loadOverrides brings the overrides set on the command line, by person. They are few. What was set for a record of another
// connection holds for the person's record here; of several for one person the latest does.
func (w *Worker) loadOverrides(ctx context.Context) (map[string]Override, error) {
	byID := map[string]Override{}
	all, err := w.Store.Overrides(ctx, w.of())
	for _, o := range all {
		byID[o.ID] = o
	}
	for _, other := range w.others() {
		if err == nil {
			err = w.addOverrides(ctx, other, byID)
		}
	}
	return byID, err
}

// addOverrides adds those of another connection.
func (w *Worker) addOverrides(ctx context.Context, connection string, byID map[string]Override) error {
	there := w.in(connection)
	all, err := w.Store.Overrides(ctx, there.of())
	if err != nil || len(all) == 0 {
		return err
	}
	ids := make([]string, len(all))
	for i, o := range all {
		ids[i] = o.ID
	}
	known, err := there.kinships(ctx, ids)
	if err != nil {
		return err
	}
	for _, o := range all {
		for _, k := range known[o.ID].same {
			if has, ok := byID[k.ID]; k.Connection == w.Connection && (!ok || has.At.Before(o.At)) {
				byID[k.ID] = o
			}
		}
	}
	return nil
}

// reloadOverrides brings those of people who turned out to be the same since the run began.
func (w *Worker) reloadOverrides(ctx context.Context, r *Report) error {
	if len(w.others()) == 0 {
		return nil
	}
	overrides, err := w.loadOverrides(ctx)
	for _, s := range r.crew {
		s.overrides = overrides
	}
	return err
}

// keep leaves a frozen record as it shows.
func (s *scorer) keep(out *Scored, planned Planned, shown crm.Fields) {
	out.Planned, out.Pending = s.headline.held(planned, s.headline.shown(shown)), nil
}

// held is a headline with everything that is written as the record shows it.
func (h headline) held(planned, shown Planned) Planned {
	planned = h.unmoved(planned, shown)
	planned.Scored = shown.Scored
	for _, w := range []struct {
		field     string
		now, kept *string
	}{{h.grade, &planned.Grade, &shown.Grade}, {h.label, &planned.Label, &shown.Label}, {h.trend, &planned.Trend, &shown.Trend}} {
		if w.field != "" {
			*w.now = *w.kept
		}
	}
	return planned
}

// appendOverride puts the override of a CRM's field before the encoded inputs.
func appendOverride(o *scoring.Override) ([]byte, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return append(binary.AppendUvarint([]byte{blobOverride}, uint64(len(text))), text...), nil
}

// cutOverride takes it off again.
func cutOverride(blob []byte) (o *scoring.Override, inputs []byte, err error) {
	n, used := binary.Uvarint(blob)
	if used <= 0 || n > uint64(len(blob)-used) {
		return nil, nil, errBlob
	}
	text, rest := blob[used:used+int(n)], blob[used+int(n):]
	if err := json.Unmarshal(text, &o); err != nil || o == nil {
		return nil, nil, errBlob
	}
	return o, rest, nil
}
