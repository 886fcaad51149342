//go:build !race

package report

// raceDetector says that code runs as fast as it is.
const raceDetector = false
