// A Go client that other people wrote, driven against the sandbox: a module of its own, so that its requirements stay out of ours.
module github.com/bareme/bareme/sandbox/salesforce/goclientcheck

go 1.26.0

require (
	github.com/bareme/bareme v0.0.0
	github.com/google/go-cmp v0.7.0
	github.com/k-capehart/go-salesforce/v3 v3.1.0
)

require (
	github.com/forcedotcom/go-soql v0.0.0-20240507183026-011ceab61b9e // indirect
	github.com/go-viper/mapstructure/v2 v2.5.0 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/jszwec/csvutil v1.10.0 // indirect
	github.com/spf13/afero v1.15.0 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/bareme/bareme => ../../..
