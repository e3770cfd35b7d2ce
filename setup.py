"""One distribution, two import packages. Names and tools are in pyproject.toml; here is what needs code."""

from setuptools import find_packages, setup

setup(
    packages=find_packages(include=["cocoom_slack_plugin", "cocoom_slack_plugin.*"])
    + find_packages("hooks", include=["cocoom_hooks", "cocoom_hooks.*"]),
    # Nothing called "hooks" may reach anybody's site-packages: the folder is ours, the import name is cocoom_hooks.
    package_dir={"cocoom_hooks": "hooks/cocoom_hooks"},
    package_data={
        "cocoom_hooks": ["py.typed"],
        "cocoom_slack_plugin": [
            "py.typed",
            "locale/*/LC_MESSAGES/*.po",
            "migrations/versions/*.py",
            "static/*",
            "templates/**/*.jinja2",
        ],
    },
)
