//go:build !race

package archive_test

const gigabyte = 1 << 30
