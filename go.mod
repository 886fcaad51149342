module github.com/exvet/exvet

go 1.26.0
