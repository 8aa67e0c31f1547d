// Package story tells what a cell is for, in scripts: testdata/stories/*.txt. Each runs against a whole cell of its own,
// template.yaml deployed into the local AWS, with every function a process under its own role; so a call that a policy
// does not grant fails here as it would on AWS.
//
// It holds tests only, and needs what `make build venv` makes.
package story
