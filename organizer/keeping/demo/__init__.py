"""The demo: two past actions and ten upcoming ones, in plain Python, made through the services that real ones use.

`scenes` says what a scene is, `groups`, `past`, `upcoming`, `leaflets` and `statements` hold them, `filling`, `telling`
and `handing_out` play them, and `state` knows whether this site is a demo. Who is named or speaks here is invented.
"""
