package iisconfig

// A RewriteRule is a rule of the URL Rewrite module.
type RewriteRule struct {
	Origin

	Kind            string           `json:"kind"` // "inbound", "outbound" or "global"
	Name            string           `json:"name"`
	Key             string           `json:"key"`
	Enabled         bool             `json:"enabled"`
	PatternSyntax   string           `json:"pattern_syntax"` // "ECMAScript", "Wildcard" or "ExactMatch"
	Match           RewriteMatch     `json:"match"`
	Grouping        string           `json:"grouping"` // of the conditions: "MatchAll" or "MatchAny"
	Conditions      []Condition      `json:"conditions"`
	Action          RewriteAction    `json:"action"`
	ServerVariables []ServerVariable `json:"server_variables"`
	Precondition    Precondition     `json:"precondition"`
	Scopes          []string         `json:"scopes"`
	Overrides       []Override       `json:"overrides"`
}

// A RewriteMatch says what a rule looks at.
type RewriteMatch struct {
	Pattern        string `json:"pattern"` // url of an inbound rule, pattern of an outbound one
	Negate         bool   `json:"negate"`
	ServerVariable string `json:"server_variable"` // of an outbound rule: "RESPONSE_Content_Security_Policy"
	FilterByTags   string `json:"filter_by_tags"`  // of an outbound rule: "A, Form, Img"
	CustomTags     string `json:"custom_tags"`
}

// A Condition narrows a rule or a precondition.
type Condition struct {
	Input     string `json:"input"`
	Pattern   string `json:"pattern"`
	MatchType string `json:"match_type"` // "Pattern", "IsFile" or "IsDirectory"
	Negate    bool   `json:"negate"`
}

// A RewriteAction is what a rule does.
type RewriteAction struct {
	Type       string `json:"type"` // "Rewrite", "Redirect", "AbortRequest", "CustomResponse" or "None"
	Value      string `json:"value"`
	StatusCode string `json:"status_code"`
}

// A ServerVariable is set by an inbound rule.
type ServerVariable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Precondition narrows an outbound rule to some responses. Name is "" when the rule names none, and
// Conditions is empty when the name it uses is not defined.
type Precondition struct {
	Name       string      `json:"name"`
	Grouping   string      `json:"grouping"`
	Conditions []Condition `json:"conditions"`
}

// A RewriteProvider is a .NET type the URL Rewrite module loads.
type RewriteProvider struct {
	Origin
	TypeName

	Name      string     `json:"name"`
	Key       string     `json:"key"`
	Scopes    []string   `json:"scopes"`
	Overrides []Override `json:"overrides"`
}
