package salesforce

import "encoding/json"

// What Salesforce sends and takes, field for field. Nothing outside this package sees these.

type wireToken struct {
	Token    string `json:"access_token"`
	Instance string `json:"instance_url"`
	ID       string `json:"id"`
}

type wireLimit struct {
	Max       int `json:"Max"`
	Remaining int `json:"Remaining"`
}

type wirePage struct {
	Total   int                          `json:"totalSize"`
	Done    bool                         `json:"done"`
	Next    string                       `json:"nextRecordsUrl"`
	Records []map[string]json.RawMessage `json:"records"`
}

type wirePick struct {
	Value  string `json:"value"`
	Label  string `json:"label"`
	Active bool   `json:"active"`
}

type wireField struct {
	Name         string     `json:"name"`
	Label        string     `json:"label"`
	Help         string     `json:"inlineHelpText"`
	Type         string     `json:"type"`
	Length       int        `json:"length"`
	Updateable   bool       `json:"updateable"`
	Calculated   bool       `json:"calculated"`
	Restricted   bool       `json:"restrictedPicklist"`
	Picks        []wirePick `json:"picklistValues"`
	Relationship string     `json:"relationshipName"`
	References   []string   `json:"referenceTo"`
}

type wireDescribe struct {
	Name          string      `json:"name"`
	Label         string      `json:"label"`
	Queryable     bool        `json:"queryable"`
	Createable    bool        `json:"createable"`
	Updateable    bool        `json:"updateable"`
	Replicateable bool        `json:"replicateable"`
	Fields        []wireField `json:"fields"`
}

type wireSaved struct {
	ID      string      `json:"id"`
	Success bool        `json:"success"`
	Errors  []wireError `json:"errors"`
}

type wireCollection struct {
	AllOrNone bool             `json:"allOrNone"`
	Records   []map[string]any `json:"records"`
}

type wireDeleted struct {
	Records []struct {
		ID   string `json:"id"`
		Date string `json:"deletedDate"`
	} `json:"deletedRecords"`
	Earliest string `json:"earliestDateAvailable"`
	Covered  string `json:"latestDateCovered"`
}

type wireJob struct {
	ID         string `json:"id"`
	Object     string `json:"object"`
	State      string `json:"state"`
	ContentURL string `json:"contentUrl"`
	Processed  int    `json:"numberRecordsProcessed"`
	Failed     int    `json:"numberRecordsFailed"`
	Error      string `json:"errorMessage"`
}

type wireNewJob struct {
	Operation  string `json:"operation"`
	Object     string `json:"object,omitempty"`
	Query      string `json:"query,omitempty"`
	Content    string `json:"contentType,omitempty"`
	Delimiter  string `json:"columnDelimiter"`
	LineEnding string `json:"lineEnding"`
}

type wireState struct {
	State string `json:"state"`
}

type wireResultPages struct {
	Pages []struct {
		URL  string `json:"resultUrl"`
		Link string `json:"resultLink"`
	} `json:"resultPages"`
	Next    string `json:"nextRecordsUrl"`
	NextOld string `json:"nextRecordUrl"`
	Done    bool   `json:"done"`
}
