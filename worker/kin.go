package worker

import (
	"context"
	"slices"

	"github.com/bareme/bareme/mapping"
)

// Kindred is the part of a store by which records of several connections become one person, or one company.
type Kindred interface {
	// Kin returns, for each of these records of a population that has any, the other stored records that may be the same
	// one: those of the connections named in with that a link names, in either direction (Snapshot.Links), where the heir
	// of a record stands for it (SaveHeirs), and those there and in the connection itself that have the same identity, if
	// one can be joined by it (see Joins). They come by connection, then id, each once; a link goes before an identity.
	Kin(ctx context.Context, of Population, with, ids []string) (map[string][]Kin, error)

	// Astray returns up to limit ids of people of a connection, in their order, that links of other connections name, that
	// are not stored, and of whom SaveHeirs was told nothing.
	Astray(ctx context.Context, connection string, limit int) ([]string, error)

	// SaveHeirs remembers whom people live on as who are no records of their own any more: a stored person, or "" for
	// nobody. It is forgotten with the heir.
	SaveHeirs(ctx context.Context, connection string, heirs map[string]string) error

	// MarkDirty makes these records dirty, as far as they are stored.
	MarkDirty(ctx context.Context, of Population, ids []string) error

	// InputsOf returns what mapping needs of these records in id order, those not stored left out. Inputs.Shown and
	// Inputs.Planned are left empty.
	InputsOf(ctx context.Context, of Population, ids []string) ([]Inputs, error)
}

// Link names a record of another connection.
type Link = mapping.Link

// Joins reports whether a Snapshot.Identity stands for one person or company.
func Joins(identity string) bool { return mapping.Joins(identity) }

// Kin is another record that may be the same person or company.
type Kin struct {
	Connection, ID string
	Identity       string // its Snapshot.Identity
	Linked         bool   // a link says so, not the identity alone
}

func (k Kin) link() Link { return Link{Connection: k.Connection, ID: k.ID} }

// kinship is what became of a record's kin.
type kinship struct {
	same     []Kin  // certain: at most one of each other connection
	disputed bool   // too many could be the same, or one that is another's: in that connection none is joined
	rivals   []Link // leads of another address that a link names beside the contact it was joined with
}

// judge is what a record's own kin say. In each connection a link decides: the only one, or the contact where the others
// are leads. Without a link it is the identity, if it is one record's there and here.
func judge(connection string, kin []Kin) (v kinship) {
	alone := !slices.ContainsFunc(kin, func(k Kin) bool { return k.Connection == connection })
	for _, name := range connections(connection, kin) {
		var linked, alike []Kin
		for _, k := range kin {
			switch {
			case k.Connection != name:
			case k.Linked:
				linked = append(linked, k)
			default:
				alike = append(alike, k)
			}
		}
		one, certain := pointed(linked)
		switch {
		case certain:
			v.same = append(v.same, one)
			for _, k := range linked {
				if k.ID != one.ID && k.Identity != one.Identity {
					v.rivals = append(v.rivals, k.link())
				}
			}
		case len(linked) == 0 && len(alike) == 1 && alone:
			v.same = append(v.same, alike[0])
		default:
			v.disputed = true
		}
	}
	return v
}

// connections are the others that occur, in their order.
func connections(own string, kin []Kin) (names []string) {
	for _, k := range kin {
		if k.Connection != own && !slices.Contains(names, k.Connection) {
			names = append(names, k.Connection)
		}
	}
	return names
}

// pointed is the linked record that is meant: the only one, or the only contact.
func pointed(linked []Kin) (one Kin, certain bool) {
	if len(linked) > 1 {
		linked = slices.DeleteFunc(slices.Clone(linked), func(k Kin) bool { return mapping.GivesWay(k.ID) })
	}
	if len(linked) != 1 {
		return Kin{}, false
	}
	return linked[0], true
}

// has says whether a record is one of those that are the same for certain.
func (v *kinship) has(l Link) bool {
	return slices.ContainsFunc(v.same, func(k Kin) bool { return k.link() == l })
}

// kinships finds who is who for those of these records that have any kin. Two records are one only if each means the other:
// a record that another one claims with better reason is no free one's.
func (w *Worker) kinships(ctx context.Context, ids []string) (map[string]kinship, error) {
	kin, err := w.Store.Kin(ctx, w.of(), w.others(), ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]kinship, len(kin))
	meant := map[string][]string{}
	for id, list := range kin {
		v := judge(w.Connection, list)
		found[id] = v
		for _, k := range v.same {
			meant[k.Connection] = append(meant[k.Connection], k.ID)
		}
	}
	for connection, ids := range meant {
		others := slices.DeleteFunc(w.Mapper.Connections(), func(name string) bool { return name == connection })
		theirs, err := w.Store.Kin(ctx, Population{connection, w.of().Object}, others, ids)
		if err != nil {
			return nil, err
		}
		for id, v := range found {
			found[id] = v.answered(Link{Connection: w.Connection, ID: id}, connection, theirs)
		}
	}
	return found, nil
}

// answered takes out who of a connection means another record than this one. A lead that stands back behind a contact of
// the same identity is in no dispute: it is the same person twice.
func (v kinship) answered(own Link, connection string, theirs map[string][]Kin) kinship {
	i := slices.IndexFunc(v.same, func(k Kin) bool { return k.Connection == connection })
	if i < 0 {
		return v
	}
	answer := judge(connection, theirs[v.same[i].ID])
	if answer.has(own) {
		return v
	}
	v.same = slices.Delete(slices.Clone(v.same), i, i+1)
	if !mapping.GivesWay(own.ID) || slices.Contains(answer.rivals, own) || !answer.inConnection(own.Connection) {
		v.disputed = true
	}
	return v
}

func (v *kinship) inConnection(name string) bool {
	return slices.ContainsFunc(v.same, func(k Kin) bool { return k.Connection == name })
}
