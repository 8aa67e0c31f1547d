package web

import (
	"encoding/json"
	"fmt"
	"reflect"

	"waybill/internal/migration"
)

// patch makes of a JSON merge patch (RFC 7396) the change of a draft. What the patch says is held against the draft's
// type first, so that what is wrong is named where the caller wrote it.
func patch(text []byte) (func(migration.Draft) (migration.Draft, error), error) {
	change, err := parse(text)
	if err != nil {
		return nil, err
	}
	if err := fit(change, reflect.TypeFor[migration.Draft](), part); err != nil {
		return nil, err
	}
	return func(before migration.Draft) (migration.Draft, error) { return merged(before, change) }, nil
}

func merged(before migration.Draft, change any) (after migration.Draft, err error) {
	was, err := json.Marshal(before)
	if err != nil {
		return after, fmt.Errorf("writing a draft: %w", err)
	}
	var tree any
	if err := json.Unmarshal(was, &tree); err != nil {
		return after, fmt.Errorf("reading a draft again: %w", err)
	}
	is, err := json.Marshal(merge(tree, change))
	if err != nil {
		return after, fmt.Errorf("writing a merged draft: %w", err)
	}
	err = unmarshal(is, &after)
	return after, err
}

// merge is MergePatch of RFC 7396, section 2. The depth of both was limited when they were parsed.
func merge(target, patch any) any {
	change, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	merged, isObject := target.(map[string]any)
	if !isObject {
		merged = map[string]any{}
	}
	for name, value := range change {
		if value == nil {
			delete(merged, name)
		} else {
			merged[name] = merge(merged[name], value)
		}
	}
	return merged
}
