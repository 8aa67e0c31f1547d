//go:build race

package sensitive_test

const raced = true
