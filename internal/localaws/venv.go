package localaws

import (
	"fmt"
	"os"
	"path/filepath"
)

// FindVenv names the virtual environment that holds MiniStack: the one of WAYBILL_VENV, otherwise build/venv of the
// checkout. It is an error when nothing is there.
func FindVenv() (string, error) {
	venv := os.Getenv("WAYBILL_VENV")
	if venv == "" {
		root, err := Checkout()
		if err != nil {
			return "", err
		}
		venv = filepath.Join(root, "build", "venv")
	}
	if _, err := os.Stat(filepath.Join(venv, "bin", "python")); err != nil {
		return "", fmt.Errorf("finding the local AWS (run `make venv`): %w", err)
	}
	return venv, nil
}

// Checkout is the directory of go.mod, here or above.
func Checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the checkout: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("finding the checkout: no go.mod in or above %s", dir)
		}
	}
}
