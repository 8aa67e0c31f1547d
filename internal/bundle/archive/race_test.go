//go:build race

package archive_test

// gigabyte is one tenth of one where each byte costs ten times as much.
const gigabyte = 100 << 20
