package iisconfig

import "strings"

// resolvePreconditions notes for each outbound rule the conditions its precondition stands for.
func (b *builder) resolvePreconditions(rules, defined []entry) {
	byName := map[string]*node{}
	for _, e := range defined {
		byName[e.key] = e.node
	}
	for _, e := range rules {
		name := e.node.attr("preCondition")
		found := Precondition{Name: name, Conditions: []Condition{}}
		if n := byName[strings.ToLower(name)]; n != nil && name != "" {
			found.Grouping = or(n.attr("logicalGrouping"), "MatchAll")
			found.Conditions = conditions(n)
		}
		b.tables.preconditions[e.node] = found
	}
}

func rewriteRule(r *row, kind string, precondition Precondition) RewriteRule {
	n := r.node
	match, action, all := n.child("match"), n.child("action"), n.child("conditions")
	found := RewriteRule{
		Origin: r.file.origin(n), Kind: kind, Name: n.attr("name"), Key: r.key,
		Enabled:       n.flag("enabled", true),
		PatternSyntax: or(n.attr("patternSyntax"), "ECMAScript"),
		Match: RewriteMatch{
			Pattern: or(match.attr("url"), match.attr("pattern")), Negate: match.flag("negate", false),
			ServerVariable: match.attr("serverVariable"), FilterByTags: match.attr("filterByTags"),
			CustomTags: match.attr("customTags"),
		},
		Grouping: or(all.attr("logicalGrouping"), "MatchAll"), Conditions: conditions(all),
		Action: RewriteAction{
			Type: or(action.attr("type"), "None"), Value: or(action.attr("url"), action.attr("value")),
			StatusCode: action.attr("statusCode"),
		},
		ServerVariables: []ServerVariable{}, Precondition: precondition, Scopes: r.scopes, Overrides: r.overrides,
	}
	for _, set := range n.child("serverVariables").each("set") {
		found.ServerVariables = append(found.ServerVariables, ServerVariable{set.attr("name"), set.attr("value")})
	}
	if found.Precondition.Conditions == nil {
		found.Precondition.Conditions = []Condition{}
	}
	return found
}

func conditions(n *node) []Condition {
	found := []Condition{}
	for _, add := range n.each("add") {
		found = append(found, Condition{
			Input: add.attr("input"), Pattern: add.attr("pattern"), MatchType: or(add.attr("matchType"), "Pattern"),
			Negate: add.flag("negate", false),
		})
	}
	return found
}

// actionText is the deciding text of a rewrite rule.
func actionText(n *node) string {
	action := n.child("action")
	return strings.TrimSpace(action.attr("type") + " " + or(action.attr("url"), action.attr("value")))
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
