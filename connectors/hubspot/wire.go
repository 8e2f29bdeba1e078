package hubspot

import (
	"bytes"
	"encoding/json"
	"errors"
)

// What HubSpot sends and takes, field for field. Nothing outside this package sees these.

// ident is an id that comes as a string or as a number.
type ident string

// UnmarshalJSON reads either.
func (i *ident) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*i = ident(s)
		return nil
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			return errors.New("an id is neither text nor a whole number")
		}
	}
	*i = ident(raw)
	return nil
}

type paging struct {
	Next *struct {
		After string `json:"after"`
	} `json:"next"`
}

func (p *paging) after() string {
	if p == nil || p.Next == nil {
		return ""
	}
	return p.Next.After
}

type wireRecord struct {
	ID           string                      `json:"id"`
	Properties   map[string]*string          `json:"properties"`
	UpdatedAt    string                      `json:"updatedAt"`
	ArchivedAt   string                      `json:"archivedAt"`
	Associations map[string]wireAssociations `json:"associations"`
}

// value returns a property, "" when it has none.
func (r wireRecord) value(name string) string {
	if v := r.Properties[name]; v != nil {
		return *v
	}
	return ""
}

type wireAssociations struct {
	Results []struct {
		ID   ident  `json:"id"`
		Type string `json:"type"`
	} `json:"results"`
	Paging *paging `json:"paging"`
}

type wirePage struct {
	Total   int          `json:"total"`
	Results []wireRecord `json:"results"`
	Paging  *paging      `json:"paging"`
}

type wireFilter struct {
	Property string `json:"propertyName"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
	High     string `json:"highValue,omitempty"`
}

type wireFilterGroup struct {
	Filters []wireFilter `json:"filters"`
}

type wireSort struct {
	Property  string `json:"propertyName"`
	Direction string `json:"direction"`
}

type wireSearch struct {
	FilterGroups []wireFilterGroup `json:"filterGroups"`
	Sorts        []wireSort        `json:"sorts"`
	Properties   []string          `json:"properties"`
	Limit        int               `json:"limit"`
	After        string            `json:"after"`
}

type wireID struct {
	ID    string `json:"id"`
	After string `json:"after,omitempty"`
}

type wireBatchRead struct {
	Properties []string `json:"properties"`
	// HubSpot's own description wants this one even when it is empty.
	History []string `json:"propertiesWithHistory"`
	Inputs  []wireID `json:"inputs"`
}

type wireUpdate struct {
	ID         string            `json:"id"`
	Trace      string            `json:"objectWriteTraceId"`
	Properties map[string]string `json:"properties"`
}

type wireBatchUpdate struct {
	Inputs []wireUpdate `json:"inputs"`
}

type wireBatch struct {
	Status  string       `json:"status"`
	Results []wireRecord `json:"results"`
	Errors  []envelope   `json:"errors"`
}

type wireLinkBatch struct {
	Results []struct {
		From struct {
			ID ident `json:"id"`
		} `json:"from"`
		To []struct {
			ID    ident `json:"toObjectId"`
			Types []struct {
				Label  string `json:"label"`
				TypeID int    `json:"typeId"`
			} `json:"associationTypes"`
		} `json:"to"`
		Paging *paging `json:"paging"`
	} `json:"results"`
	Errors []envelope `json:"errors"`
}

type wireOption struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	Description  string `json:"description,omitempty"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
}

type wireProperty struct {
	Name            string       `json:"name"`
	Label           string       `json:"label"`
	Description     string       `json:"description"`
	Group           string       `json:"groupName"`
	Type            string       `json:"type"`
	FieldType       string       `json:"fieldType"`
	Options         []wireOption `json:"options"`
	Calculated      bool         `json:"calculated"`
	ExternalOptions bool         `json:"externalOptions"`
	Modification    *struct {
		ReadOnlyValue      bool `json:"readOnlyValue"`
		ReadOnlyDefinition bool `json:"readOnlyDefinition"`
	} `json:"modificationMetadata"`
}

type wireProperties struct {
	Results []wireProperty `json:"results"`
}

// wireNewProperty is wireProperty as it is created.
type wireNewProperty struct {
	Name         string       `json:"name"`
	Label        string       `json:"label"`
	Group        string       `json:"groupName"`
	Type         string       `json:"type"`
	FieldType    string       `json:"fieldType"`
	Description  string       `json:"description,omitempty"`
	Options      []wireOption `json:"options,omitempty"`
	DisplayOrder int          `json:"displayOrder"`
	Unique       bool         `json:"hasUniqueValue"`
	Hidden       bool         `json:"hidden"`
	FormField    bool         `json:"formField"`
}

type wireOptions struct {
	Options []wireOption `json:"options"`
}

type wireGroup struct {
	Name         string `json:"name"`
	Label        string `json:"label"`
	DisplayOrder int    `json:"displayOrder"`
}

type wireAccount struct {
	PortalID ident  `json:"portalId"`
	TimeZone string `json:"timeZone"`
	Currency string `json:"companyCurrency"`
	UIDomain string `json:"uiDomain"`
}

type wireUsage struct {
	Results []struct {
		Limit   int `json:"usageLimit"`
		Current int `json:"currentUsage"`
	} `json:"results"`
}

type wireOwners struct {
	Results []struct {
		ID        string `json:"id"`
		Email     string `json:"email"`
		FirstName string `json:"firstName"`
		LastName  string `json:"lastName"`
	} `json:"results"`
	Paging *paging `json:"paging"`
}

type wireToken struct {
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ExpiresIn int    `json:"expires_in"`
}
