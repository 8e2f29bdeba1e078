package hubspot

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bareme/bareme/connectors/internal/rest"
	"github.com/bareme/bareme/crm"
)

const linkBatch = 1000

type linkKey struct{ id, object string }

// linkSet holds the links of a page's records.
type linkSet struct {
	ids     map[linkKey][]string
	partial map[linkKey]bool // there are more than these
}

func newLinkSet() linkSet {
	return linkSet{ids: make(map[linkKey][]string), partial: make(map[linkKey]bool)}
}

// of returns all links of a record, the given one first among companies.
func (s linkSet) of(id string, links []object, primary string) map[string][]string {
	if len(links) == 0 {
		return nil
	}
	out := make(map[string][]string, len(links))
	for _, to := range links {
		ids := s.ids[linkKey{id, to.ours}]
		if to.ours == crm.Companies && isID(primary) {
			ids = slices.Concat([]string{primary}, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == primary }))
		}
		if len(ids) > 0 {
			out[to.ours] = ids
		}
	}
	return out
}

// inline reads the links a list brings along.
func inline(records []wireRecord) linkSet {
	s := newLinkSet()
	for _, r := range records {
		for name, found := range r.Associations {
			to, ok := objectNamed(name)
			if !ok {
				continue
			}
			key := linkKey{r.ID, to.ours}
			s.ids[key] = found.ids()
			if found.Paging.after() != "" {
				s.partial[key] = true
			}
		}
	}
	return s
}

// ids lists the linked records once each, the primary one first. One pair comes once for each of its labels; a primary
// company comes as "contact_to_company" and again as "contact_to_company_unlabeled".
func (a wireAssociations) ids() []string {
	var all, plain, unlabeled []string
	for _, l := range a.Results {
		id := string(l.ID)
		all = append(all, id)
		if strings.HasSuffix(l.Type, "_unlabeled") {
			unlabeled = append(unlabeled, id)
		} else {
			plain = append(plain, id)
		}
	}
	var primary []string
	if len(plain) > 0 && len(unlabeled) > 0 {
		for _, id := range plain {
			if slices.Contains(unlabeled, id) {
				primary = append(primary, id)
			}
		}
	}
	return distinct(slices.Concat(primary, plain, all))
}

func objectNamed(name string) (object, bool) {
	for ours, o := range objects {
		if strings.EqualFold(o.name, name) {
			o.ours = ours
			return o, true
		}
	}
	return object{}, false
}

// distinct keeps the first of equal ids.
func distinct(ids []string) []string {
	if len(ids) < 2 {
		return ids
	}
	seen := make(map[string]bool, len(ids))
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		if id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// readLinks reads the links of records to one kind of object; a record without links is absent.
//
// HubSpot: associations API, read a batch.
func (c *Connector) readLinks(ctx context.Context, op string, from, to object, ids []string) (map[string][]string, error) {
	chunks := slices.Collect(slices.Chunk(ids, linkBatch))
	parts := make([]map[string][]string, len(chunks))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(abreast)
	for i, chunk := range chunks {
		group.Go(func() (err error) {
			inputs := make([]wireID, len(chunk))
			for j, id := range chunk {
				inputs[j].ID = id
			}
			parts[i] = make(map[string][]string, len(chunk))
			return c.linksOf(gctx, op, from, to, inputs, parts[i])
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := make(map[string][]string, len(ids))
	for _, part := range parts {
		for id, linked := range part {
			all[id] = distinct(linked)
		}
	}
	return all, nil
}

// linksOf reads into out, page after page for records with many links. HubSpot may refuse a whole batch for one record
// deleted a moment ago: the batch is then halved until that record stands alone, and it has no links.
func (c *Connector) linksOf(ctx context.Context, op string, from, to object, inputs []wireID, out map[string][]string) error {
	for len(inputs) > 0 {
		batch, err := rest.Call[wireLinkBatch](ctx, c.rest, rest.Request{
			Op: op, Kind: "associations", Object: from.ours, Method: http.MethodPost, Path: c.dialect.linked(from, to),
			Body: map[string][]wireID{"inputs": inputs}, Window: c.links,
		})
		if err != nil {
			return c.halveLinks(ctx, op, from, to, inputs, out, err)
		}
		var more []wireID
		for _, r := range batch.Results {
			id := string(r.From.ID)
			var primary, others []string
			for _, l := range r.To {
				isPrimary := false
				for _, t := range l.Types {
					isPrimary = isPrimary || t.Label == "Primary"
				}
				if isPrimary {
					primary = append(primary, string(l.ID))
				} else {
					others = append(others, string(l.ID))
				}
			}
			out[id] = slices.Concat(primary, out[id], others)
			if after := r.Paging.after(); after != "" {
				more = append(more, wireID{ID: id, After: after})
			}
		}
		if slices.Equal(more, inputs) {
			return stuck(op, from.ours)
		}
		inputs = more
	}
	return nil
}

func (c *Connector) halveLinks(ctx context.Context, op string, from, to object, inputs []wireID, out map[string][]string, err error) error {
	if !errors.Is(err, crm.ErrInvalid) && !errors.Is(err, crm.ErrNotFound) {
		return err
	}
	if len(inputs) == 1 {
		return nil
	}
	half := len(inputs) / 2
	if err := c.linksOf(ctx, op, from, to, inputs[:half], out); err != nil {
		return err
	}
	return c.linksOf(ctx, op, from, to, inputs[half:], out)
}
