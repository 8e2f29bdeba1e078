package worker

import (
	"context"
	"slices"

	"github.com/bareme/bareme/mapping"
)

// Kindred is the part of a store by which records of several connections become one person.
type Kindred interface {
	// Kin returns, for each of these people of a connection that has any, the other stored people who may be the same one:
	// those of the connections named in with that a link names, in either direction (Snapshot.Links), and those there and
	// in the connection itself who have the same identity, if one can be joined by it (see Joins). They come by
	// connection, then id, each once; a link goes before an identity.
	Kin(ctx context.Context, connection string, with, ids []string) (map[string][]Kin, error)

	// MarkDirty makes these records dirty, as far as they are stored.
	MarkDirty(ctx context.Context, of Population, ids []string) error

	// InputsOf returns what mapping needs of these records in id order, those not stored left out. Inputs.Shown and
	// Inputs.Planned are left empty.
	InputsOf(ctx context.Context, of Population, ids []string) ([]Inputs, error)
}

// Link names a record of another connection.
type Link = mapping.Link

// Joins reports whether a Snapshot.Identity stands for one person.
func Joins(identity string) bool { return mapping.Joins(identity) }

// Kin is another record that may be the same person.
type Kin struct {
	Connection, ID string
	Linked         bool // a link says so, not the identity alone
}

// peers are those of a person's kin that are the same person for certain: one of each other connection. A link decides;
// without one, the identity, if it is one person's there and here. disputed tells that the identity alone would have
// joined too many.
func peers(connection string, kin []Kin) (same []Kin, disputed bool) {
	alone := !slices.ContainsFunc(kin, func(k Kin) bool { return k.Connection == connection })
	var connections []string
	for _, k := range kin {
		if k.Connection != connection && !slices.Contains(connections, k.Connection) {
			connections = append(connections, k.Connection)
		}
	}
	for _, name := range connections {
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
		switch {
		case len(linked) == 1:
			same = append(same, linked[0])
		case len(linked) == 0 && len(alike) == 1 && alone:
			same = append(same, alike[0])
		default:
			disputed = true
		}
	}
	return same, disputed
}
