package main

import (
	"encoding/json"
	"errors"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// functions are Sprig's without access to the environment, and those that Helm adds.
func functions(templates *template.Template, existing []object) template.FuncMap {
	known := sprig.TxtFuncMap()
	delete(known, "env")
	delete(known, "expandenv")
	known["toYaml"] = toYaml
	known["fromYaml"] = func(text string) object { return parsed(text, object{}) }
	known["fromYamlArray"] = func(text string) []interface{} { return parsed(text, []interface{}{}) }
	known["toJson"] = toJson
	known["fromJson"] = func(text string) object { return parsed(text, object{}) }
	known["fromJsonArray"] = func(text string) []interface{} { return parsed(text, []interface{}{}) }
	known["required"] = required
	known["lookup"] = lookupIn(existing)
	known["include"] = func(name string, dot interface{}) (string, error) {
		var out strings.Builder
		err := templates.ExecuteTemplate(&out, name, dot)
		return out.String(), err
	}
	return known
}

func toYaml(value interface{}) string {
	text, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

func toJson(value interface{}) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(text)
}

// parsed is what a text says; one that cannot be read is a mistake in the chart and ends the rendering, where
// Helm would go on with an object that says so.
func parsed[T any](text string, into T) T {
	if err := yaml.Unmarshal([]byte(text), &into); err != nil {
		panic(errors.New("not YAML: " + text))
	}
	return into
}

func required(warning string, value interface{}) (interface{}, error) {
	if value == nil || value == "" {
		return nil, errors.New(warning)
	}
	return value, nil
}

// lookupIn answers an object of that kind and name, or an empty one, as Helm's lookup does.
func lookupIn(existing []object) func(version, kind, namespace, name string) object {
	return func(version, kind, namespace, name string) object {
		for _, candidate := range existing {
			metadata, _ := candidate["metadata"].(object)
			if candidate["apiVersion"] == version && candidate["kind"] == kind &&
				metadata["namespace"] == namespace && metadata["name"] == name {
				return candidate
			}
		}
		return object{}
	}
}
