// Package internal is the house: its folders are the rooms, and house_test.go holds what makes it one. Imports form a
// line, the core knows neither AWS nor HTTP nor the time, and test kits are for tests.
package internal
