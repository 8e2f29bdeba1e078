package salesforce

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bareme/bareme/sandbox/salesforce/soql"
)

//go:embed objects.txt
var objectsText string

// field describes one field of an object and where its values are.
type field struct {
	soql.Field
	label     string
	kind      string // as in describe: string, picklist, reference …
	length    int
	precision int
	scale     int
	options   []string
	defaultTo string
	part      string // the compound field this is a component of
	child     string // the relationship's name seen from the parent
	id        string // 00N…, of a custom field
	key       string // "lead.title", or "lead.address" for a component: what permissions go by
	place     int    // among the values of a row; -1: nowhere, because it follows from the row

	required   bool
	readOnly   bool
	createOnly bool
	calculated bool
	restricted bool
	unique     bool
	externalID bool
	lookup     bool // can find a record by its value

	mirrors *field         // of a person account: the contact's field it shows
	system  func(*row) any // of system fields, which have no slot
}

// object is one sObject: its fields and its rows.
type object struct {
	name, prefix, label, plural string
	hardDelete                  bool   // no recycle bin
	setup                       bool   // nobody writes to it
	history                     bool   // rows are never changed; there is no owner and no last modification
	tracks                      string // the object whose fields' changes the rows are, "" for any other
	fields                      []*field
	byName                      map[string]*field // by name, and by name in lower case
	slots                       int
	table
}

// find returns a field by its name in any case.
func (o *object) find(name string) *field {
	if f := o.byName[name]; f != nil {
		return f
	}
	return o.byName[strings.ToLower(name)]
}

// must returns a field that objects.txt is known to have.
func (o *object) must(name string) *field {
	f := o.find(name)
	if f == nil {
		return &field{Field: soql.Field{Name: name}, place: -1} // reads as null; a test holds objects.txt to the code
	}
	return f
}

// addField appends a field and gives it a place among the values.
func (o *object) addField(f *field) {
	f.Slot, f.place, f.key = len(o.fields), -1, strings.ToLower(o.name+"."+f.Name)
	if f.part != "" && f.part != "Name" {
		f.key = strings.ToLower(o.name + "." + f.part) // an address is shown or hidden as a whole
	}
	if f.system == nil && f.kind != "address" {
		f.place = o.slots
		o.slots++
	}
	o.fields = append(o.fields, f)
	o.byName[f.Name], o.byName[strings.ToLower(f.Name)] = f, f
}

// readObjects parses objects.txt.
func readObjects(text string) ([]*object, error) {
	var all []*object
	var last *object
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		var err error
		switch {
		case len(words) == 0 || words[0] == "#":
			continue
		case !strings.HasPrefix(line, " "):
			if last, err = readObject(words); err == nil {
				all = append(all, last)
			}
		case last == nil:
			err = fmt.Errorf("a field before any object")
		default:
			var f *field
			if f, err = readField(words); err == nil {
				last.addField(f)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("objects.txt:%d: %w", n+1, err)
		}
	}
	for _, o := range all {
		o.addStamps()
	}
	return all, nil
}

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }

func readObject(words []string) (*object, error) {
	if len(words) < 4 {
		return nil, fmt.Errorf("an object has a name, a prefix, a label and a plural")
	}
	o := &object{name: words[0], prefix: words[1], label: spaced(words[2]), plural: spaced(words[3]), byName: map[string]*field{}, table: newTable()}
	for _, w := range words[4:] {
		if tracks, ok := strings.CutPrefix(w, "tracks="); ok {
			o.tracks, o.history = tracks, true
			continue
		}
		switch w {
		case "harddelete":
			o.hardDelete = true
		case "setup":
			o.setup = true
		case "history":
			o.history = true
		default:
			return nil, fmt.Errorf("unknown word %q", w)
		}
	}
	o.addField(&field{Field: soql.Field{Name: "Id", Kind: soql.ID}, kind: "id", label: o.label + " ID", length: 18, readOnly: true,
		system: func(r *row) any { return r.id }})
	o.addField(&field{Field: soql.Field{Name: "IsDeleted", Kind: soql.Bool}, kind: "boolean", label: "Deleted", readOnly: true,
		system: func(r *row) any { return r.deleted }})
	return o, nil
}

// addStamps adds the system fields that stand behind the others.
func (o *object) addStamps() {
	user := func(name, label string, get func(*row) any) {
		o.addField(&field{Field: soql.Field{Name: name, Kind: soql.ID, Relationship: strings.TrimSuffix(name, "Id"), Targets: []string{"User"}},
			kind: "reference", label: label, length: 18, readOnly: true, system: get})
	}
	stamp := func(name, label string, get func(*row) any) {
		o.addField(&field{Field: soql.Field{Name: name, Kind: soql.DateTime}, kind: "datetime", label: label, readOnly: true, system: get})
	}
	stamp("CreatedDate", "Created Date", func(r *row) any { return moment(r.created) })
	user("CreatedById", "Created By ID", func(r *row) any { return r.createdBy })
	if !o.history {
		stamp("LastModifiedDate", "Last Modified Date", func(r *row) any { return moment(r.modified) })
		user("LastModifiedById", "Last Modified By ID", func(r *row) any { return r.modifiedBy })
	}
	if o.tracks == "" {
		stamp("SystemModstamp", "System Modstamp", func(r *row) any { return moment(r.stamp) })
	}
}

func readField(words []string) (*field, error) {
	if len(words) < 2 {
		return nil, fmt.Errorf("a field has a name and a type")
	}
	f, err := newField(words[0], words[1])
	if err != nil {
		return nil, err
	}
	for _, w := range words[2:] {
		if err := f.flag(w); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// newField makes a field from a type such as string(80) or reference(User,Group).
func newField(name, typed string) (*field, error) {
	kind, inside, _ := strings.Cut(strings.TrimSuffix(typed, ")"), "(")
	f := &field{Field: soql.Field{Name: name}, kind: kind, label: labelOf(name)}
	switch kind {
	case "string", "textarea", "phone", "email", "url":
		f.length, _ = strconv.Atoi(inside) // 0 would show at once: every value is too long
	case "picklist":
		f.length = 255
		if inside != "" {
			f.options = strings.Split(spaced(inside), "|")
		}
	case "multipicklist":
		f.Kind, f.length, f.options = soql.Multi, 4099, strings.Split(spaced(inside), "|")
	case "reference":
		f.Kind, f.length, f.Targets = soql.ID, 18, strings.Split(inside, ",")
		f.Relationship = strings.TrimSuffix(name, "Id")
	case "boolean":
		f.Kind = soql.Bool
	case "int", "double", "currency", "percent":
		f.Kind = soql.Double
		if kind == "int" {
			f.Kind = soql.Int
		}
		if _, err := fmt.Sscanf(inside, "%d,%d", &f.precision, &f.scale); err != nil {
			return nil, fmt.Errorf("%s: %s needs digits before and after the point", name, kind)
		}
	case "date":
		f.Kind = soql.Date
	case "datetime":
		f.Kind = soql.DateTime
	case "address":
		f.Kind = soql.Compound
		f.readOnly = true
	case "anyType":
		f.Kind = soql.Compound // compares with nothing, as a compound
	default:
		return nil, fmt.Errorf("%s: unknown type %q", name, kind)
	}
	return f, nil
}

// flag reads one of the words behind a field's type.
func (f *field) flag(word string) error {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "required":
		f.required = true
	case "readonly":
		f.readOnly = true
	case "createonly":
		f.createOnly = true
	case "calculated":
		f.calculated, f.readOnly = true, true
	case "restricted":
		f.restricted = true
	case "nofilter":
		f.Unfilterable = true
	case "lookup":
		f.lookup = true
	case "default":
		f.defaultTo = spaced(value)
	case "part":
		f.part = value
	case "child":
		f.child = value
	default:
		return fmt.Errorf("%s: unknown word %q", f.Name, word)
	}
	return nil
}

// labelOf turns LastName into Last Name, as labels go.
func labelOf(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "__c"), "__pc")
	if id, ok := strings.CutSuffix(name, "Id"); ok && id != "" {
		name = id + "ID"
	}
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' && name[i-1] >= 'a' && name[i-1] <= 'z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return spaced(b.String())
}

// accepts says whether a picklist has a value.
func (f *field) accepts(value string) bool { return slices.Contains(f.options, value) }
