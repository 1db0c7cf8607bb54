package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

// engine is a chart with its values, ready to be rendered.
type engine struct {
	templates *template.Template
	names     []string // of template files, below templates/
	root      object   // what templates see as the dot
}

func newEngine(wanted job, chart, values object) (*engine, error) {
	made := &engine{templates: template.New("chart").Option("missingkey=zero")}
	made.templates.Funcs(functions(made.templates, wanted.Existing))
	kept := files{}
	err := filepath.WalkDir(wanted.Chart, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(wanted.Chart, path)
		short := strings.TrimPrefix(name, "templates/")
		if short == name {
			kept[name] = text
			return nil
		}
		made.names = append(made.names, short)
		_, err = made.templates.New(short).Parse(string(text))
		return err
	})
	sort.Strings(made.names)
	made.root = object{
		"Values":       values,
		"Chart":        chartFields(chart),
		"Files":        kept,
		"Release":      releaseFields(wanted),
		"Capabilities": object{"KubeVersion": object{"Version": "v1.30.0", "Major": "1", "Minor": "30"}},
	}
	return made, err
}

func chartFields(chart object) object {
	fields := object{}
	for key, value := range chart {
		fields[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return fields
}

func releaseFields(wanted job) object {
	return object{
		"Name":      wanted.Release,
		"Namespace": wanted.Namespace,
		"Service":   "Helm",
		"IsInstall": !wanted.IsUpgrade,
		"IsUpgrade": wanted.IsUpgrade,
	}
}

// render runs one template file.
func (e *engine) render(name string) (string, error) {
	e.root["Template"] = object{"Name": "templates/" + name, "BasePath": "templates"}
	var out strings.Builder
	err := e.templates.ExecuteTemplate(&out, name, e.root)
	return strings.ReplaceAll(out.String(), "<no value>", ""), err
}

// renderManifests writes all documents that are not empty, and refuses what is no YAML or has a key twice.
func (e *engine) renderManifests(to io.Writer) error {
	for _, name := range e.names {
		if strings.HasPrefix(name, "_") || name == "NOTES.txt" {
			continue
		}
		text, err := e.render(name)
		if err != nil {
			return err
		}
		for _, document := range strings.Split("\n"+text, "\n---") {
			var content object
			if err := yaml.UnmarshalStrict([]byte(document), &content); err != nil {
				return fmt.Errorf("%s: %w\n%s", name, err, document)
			}
			if len(content) > 0 {
				fmt.Fprintf(to, "---\n%s\n", strings.TrimSpace(document))
			}
		}
	}
	return nil
}

// files is what templates see as .Files.
type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }
