//go:build !race

package engine

// fixtureStep is how many fixtures TestFixtures goes on by: it asks every one.
const fixtureStep = 1
