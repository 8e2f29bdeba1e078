package file_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bareme/bareme/connectors/file"
	"github.com/bareme/bareme/crm"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	in, out := filepath.Join(dir, "leads.csv"), filepath.Join(dir, "scored.csv")
	export := "email;budget;since\nann@example.org;1 234,50;03/02/2026\nbob@example.org;Select;28/02/2026\n"
	if err := os.WriteFile(in, []byte(export), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	sheet, err := file.Open(ctx, in, file.Options{IDColumn: "email", NotChosen: []string{"Select"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for page, err := range sheet.Records(ctx, crm.Query{Object: crm.People, Fields: []string{"budget", "since"}}) {
		fmt.Println(page.Items[0].Fields, page.Items[1].Fields, err)
	}
	score := func(id string) ([]string, error) { return []string{"50", "+50 " + id[:3]}, nil }
	if _, err := sheet.WriteCopy(ctx, out, []string{"score", "reasons"}, score); err != nil {
		fmt.Println(err)
		return
	}
	written, err := os.ReadFile(out)
	fmt.Print(string(written), err)
	// Output:
	// map[budget:1234.5 since:2026-02-03] map[since:2026-02-28] <nil>
	// email;budget;since;score;reasons
	// ann@example.org;1 234,50;03/02/2026;50;'+50 ann
	// bob@example.org;Select;28/02/2026;50;'+50 bob
	// <nil>
}
