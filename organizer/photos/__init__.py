"""What was seen: pictures with every face asked or covered, who took them, and what may be done with them."""
