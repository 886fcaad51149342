//go:build race

package report

// raceDetector says that code runs ten times slower than it is.
const raceDetector = true
