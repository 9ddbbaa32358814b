"""What the Glossary page is made of."""
