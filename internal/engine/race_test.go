//go:build race

package engine

// fixtureStep is 5 under the race detector, which makes a rule ten times slower: one fixture in five is enough to
// see two workers meet.
const fixtureStep = 5
