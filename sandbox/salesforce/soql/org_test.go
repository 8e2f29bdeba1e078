package soql

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// org is a small schema and its rows, for the tests: everything in slices, no index but that of ids.
type org struct {
	objects map[string]*table
	asked   []Ask // what statements told the source
	read    int   // rows handed out
	indexed bool  // the rows are in the order of (SystemModstamp, Id)
}

type table struct {
	name     string
	fields   []*Field
	children map[string][2]string
	rows     []Row
}

type testRow struct{ values []any }

func (r *testRow) Value(f *Field) any { return r.values[f.Slot] }

func (t *table) Name() string     { return t.name }
func (t *table) Fields() []*Field { return t.fields }
func (t *table) Field(name string) *Field {
	i := slices.IndexFunc(t.fields, func(f *Field) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return nil
	}
	return t.fields[i]
}

func (t *table) Child(relationship string) (object, field string) {
	c := t.children[strings.ToLower(relationship)]
	return c[0], c[1]
}

func (o *org) Object(name string) Object {
	if t := o.objects[strings.ToLower(name)]; t != nil {
		return t
	}
	return nil
}

func (o *org) Rows(object string, ask Ask) (iter.Seq[Row], bool) {
	o.asked = append(o.asked, ask)
	t := o.objects[strings.ToLower(object)]
	deleted, stamp := t.Field("IsDeleted"), t.Field("SystemModstamp")
	rows := t.rows
	if o.indexed && ask.Order == ByStamp && !ask.From.IsZero() {
		start, _ := slices.BinarySearchFunc(rows, ask.From, func(r Row, from time.Time) int { return r.Value(stamp).(time.Time).Compare(from) })
		rows = rows[start:]
	}
	return func(yield func(Row) bool) {
		for _, r := range rows {
			o.read++
			if gone, _ := r.Value(deleted).(bool); gone && !ask.Deleted {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}, o.indexed && ask.Order == ByStamp
}

func (o *org) Find(id string) (string, Row) {
	for _, t := range o.objects {
		for _, r := range t.rows {
			if r.(*testRow).values[0] == id {
				return t.name, r
			}
		}
	}
	return "", nil
}

// add makes an object from a line like "Lead Id:id LastName Email OwnerId:User,Group".
func (o *org) add(line string) *table {
	words := strings.Fields(line + " IsDeleted:bool CreatedDate:datetime SystemModstamp:datetime")
	t := &table{name: words[0], children: map[string][2]string{}}
	kinds := map[string]Kind{"": Text, "id": ID, "multi": Multi, "bool": Bool, "int": Int, "double": Double, "date": Date,
		"datetime": DateTime, "address": Compound, "long": Text}
	for i, w := range words[1:] {
		name, typed, _ := strings.Cut(w, ":")
		f := &Field{Name: name, Slot: i, Unfilterable: typed == "long", Custom: strings.HasSuffix(name, "__c")}
		kind, plain := kinds[typed]
		if f.Kind = kind; !plain {
			f.Kind, f.Relationship, f.Targets = ID, strings.TrimSuffix(name, "Id"), strings.Split(typed, ",")
		}
		t.fields = append(t.fields, f)
	}
	o.objects[strings.ToLower(t.name)] = t
	return t
}

// row files a row given as "LastName=Lovelace Email=ada@example.com"; blanks in values are written as underscores.
func (o *org) row(object, id, values string) {
	t := o.objects[strings.ToLower(object)]
	r := &testRow{values: make([]any, len(t.fields))}
	for _, f := range t.fields {
		if f.Kind == Bool {
			r.values[f.Slot] = false
		}
	}
	when := time.Date(2026, 11, 1, 9, 0, len(t.rows), 0, time.UTC)
	r.values[0], r.values[t.Field("CreatedDate").Slot], r.values[t.Field("SystemModstamp").Slot] = id, when, when
	for w := range strings.FieldsSeq(values) {
		name, text, _ := strings.Cut(w, "=")
		f := t.Field(name)
		r.values[f.Slot] = testValue(f, strings.ReplaceAll(text, "_", " "))
	}
	t.rows = append(t.rows, r)
}

func testValue(f *Field, text string) any {
	switch f.Kind {
	case Bool:
		return text == "true"
	case Int, Double:
		var n float64
		_, _ = fmt.Sscan(text, &n) // of a constant of the tests
		return n
	case Date:
		t, _ := time.Parse(time.DateOnly, text)
		return t
	case DateTime:
		t, _ := parseDateTime(text)
		return t
	case Compound:
		return map[string]any{"city": text}
	}
	return text
}

// id makes an 18-character id from a prefix and a number.
func id(prefix string, n int) string { return fmt.Sprintf("%s%012dAAA", prefix, n) }

// newOrg is the org of the cases in testdata.
func newOrg() *org {
	o := &org{objects: map[string]*table{}}
	o.add("User Id:id Name Username Email")
	o.add("Group Id:id Name")
	account := o.add("Account Id:id Name Industry AnnualRevenue:double NumberOfEmployees:int OwnerId:User ParentId:Account BillingAddress:address Description:long")
	account.children["contacts"] = [2]string{"Contact", "AccountId"}
	o.add("Contact Id:id LastName FirstName Name Email AccountId:Account Birthdate:date Tags__c:multi HasOptedOut:bool")
	o.add("Lead Id:id LastName Name Company Email Rating OwnerId:User,Group IsConverted:bool Score__c:double")
	o.add("Task Id:id Subject WhoId:Contact,Lead WhatId:Account ActivityDate:date")
	o.row("User", id("005", 1), "Name=Root Username=root@example.com")
	o.row("Group", id("00G", 1), "Name=Queue")
	o.row("Account", id("001", 1), "Name=Acme Industry=Technology AnnualRevenue=139000000 NumberOfEmployees=120 OwnerId="+id("005", 1)+" BillingAddress=Paris Description=long")
	o.row("Account", id("001", 2), "Name=Bolt Industry=Retail AnnualRevenue=5 ParentId="+id("001", 1))
	o.row("Account", id("001", 3), "Name=acorn Industry=Technology NumberOfEmployees=7")
	o.row("Contact", id("003", 1), "LastName=Lovelace FirstName=Ada Name=Ada_Lovelace Email=ada@example.com AccountId="+id("001", 1)+" Birthdate=1990-12-10 Tags__c=vip;math")
	o.row("Contact", id("003", 2), "LastName=Hopper FirstName=Grace Name=Grace_Hopper Email=Grace@Example.com AccountId="+id("001", 1)+" Birthdate=2026-11-20 Tags__c=navy HasOptedOut=true")
	o.row("Contact", id("003", 3), "LastName=O'Neil Name=O'Neil AccountId="+id("001", 2))
	o.row("Contact", id("003", 4), "LastName=100%_sure Name=100%_sure IsDeleted=true")
	o.row("Lead", id("00Q", 1), "LastName=Noether Name=Noether Company=Uni Rating=Hot OwnerId="+id("005", 1)+" Score__c=71")
	o.row("Lead", id("00Q", 2), "LastName=Curie Name=Curie Company=Lab Rating=hot OwnerId="+id("00G", 1)+" Score__c=0.25 CreatedDate=2026-11-21T08:30:00Z")
	o.row("Lead", id("00Q", 3), "LastName=Turing Name=Turing Company=NPL OwnerId="+id("005", 1)+" IsConverted=true CreatedDate=2025-12-31T23:59:59Z")
	o.row("Task", id("00T", 1), "Subject=Call WhoId="+id("003", 1)+" WhatId="+id("001", 1)+" ActivityDate=2026-11-21")
	o.row("Task", id("00T", 2), "Subject=Mail WhoId="+id("00Q", 2)+" ActivityDate=2026-11-22")
	o.row("Task", id("00T", 3), "Subject=Note ActivityDate=2026-10-31")
	return o
}

// today is the moment of the cases: a Saturday.
func today() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }
