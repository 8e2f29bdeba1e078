package modelfile_test

import (
	"fmt"

	"github.com/bareme/bareme/modelfile"
)

// A mistake is shown where it stands, with what to do.
func ExampleParse() {
	_, err := modelfile.Parse("bareme.yaml", []byte(`version: 1
connections: [{name: marketing, crm: hubspot}]
people:
  attributes:
    employees: {from: company.numberofemployees, type: number}
scores:
  fit:
    groups:
      company:
        criteria:
          - {name: Company size, when: employes >= 50, points: 20}
`), nil)
	fmt.Println(err)
	// Output:
	// bareme.yaml:11:40: unknown attribute "employes"
	//   11 |           - {name: Company size, when: employes >= 50, points: 20}
	//      |                                        ^^^^^^^^
	//      → Did you mean "employees"?
}
