package worker

import (
	"context"
	"fmt"

	"github.com/bareme/bareme/crm"
)

// owners are those of all connections' records, by connection and id.
type owners map[Link]crm.Owner

// of is the owner of a record, nil for none.
func (o owners) of(connection, id string) *crm.Owner {
	if owner, ok := o[Link{Connection: connection, ID: id}]; ok && id != "" {
		return &owner
	}
	return nil
}

// Siblings are the connectors of the connections joined with this one, by their names.
type Siblings map[string]crm.Connector

// owners lists who owns records, of each connection whose owners an attribute is read from.
func (w *Worker) owners(ctx context.Context) (owners, error) {
	all := owners{}
	err := w.addOwners(ctx, all, w.Connection, w.CRM)
	for _, other := range w.others() {
		if err == nil {
			err = w.addOwners(ctx, all, other, w.Siblings[other])
		}
	}
	return all, err
}

func (w *Worker) addOwners(ctx context.Context, all owners, connection string, of crm.Connector) error {
	lister, ok := of.(crm.OwnerLister)
	if _, needed := w.Mapper.For(connection).Need().Read[crm.Owners]; !ok || !needed {
		return nil
	}
	list, err := lister.Owners(ctx)
	if err != nil {
		return fmt.Errorf("list owners of %s: %w", connection, err)
	}
	for _, owner := range list {
		all[Link{Connection: connection, ID: owner.ID}] = owner
	}
	return nil
}

// ownersOf names who owns each record of a person.
func ownersOf(connection string, in Inputs) (list []Link) {
	if in.Record.Owner != "" {
		list = append(list, Link{Connection: connection, ID: in.Record.Owner})
	}
	for _, p := range in.Peers {
		list = append(list, ownersOf(p.Connection, p.Inputs)...)
	}
	return list
}
